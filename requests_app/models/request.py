"""What a guest asked for."""

from __future__ import annotations

from datetime import timedelta

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from requests_app.lifecycle import HIGHEST_LEVEL, OPEN, Priority, Source, Status, Urgency
from requests_app.models.stay import Stay
from security.models import Property, User

LIVE = Q(deleted_at__isnull=True)
UNFINISHED = Q(deleted_at__isnull=True, status__in=sorted(OPEN))
# Open and not held, said by the times that constraints tie to the status: SQLite sees no partial index
# behind an IN of parameters.
CLIMBING = Q(
    deleted_at__isnull=True,
    completed_at__isnull=True,
    cancelled_at__isnull=True,
    held_at__isnull=True,
    escalation_level__lt=HIGHEST_LEVEL,
)
UNERASED = Q(erased_at__isnull=True) & (
    Q(completed_at__isnull=False) | Q(cancelled_at__isnull=False) | Q(deleted_at__isnull=False)
)
PRESSING = UNFINISHED & (Q(priority=Priority.HIGH) | Q(urgency__gte=Urgency.URGENT))


def _index(name: str, *columns: str, condition: Q = LIVE) -> models.Index:
    return models.Index(fields=columns, condition=condition, name=name)


class GuestRequest(models.Model):
    """One request from its first word to its last status. Only ``requests_app.actions`` changes it.

    ``version`` grows with every change. ``held_at`` is set while the status is on-hold: the clock
    of ``due_at`` stands still from then; ``held_for`` sums the holds that are over. ``local_day`` is
    the property's date at creation, the key of its daily count. The foreign keys have no index of
    their own: the composite ones below begin with them, and each index costs every write.
    """

    property = models.ForeignKey(Property, on_delete=models.PROTECT, related_name="+", db_index=False)
    order_id = models.CharField(_("order"), max_length=20, unique=True)
    stay = models.ForeignKey(
        Stay, null=True, blank=True, on_delete=models.PROTECT, related_name="requests", db_index=False
    )
    request_text = models.CharField(_("request"), max_length=1000)
    room_number = models.CharField(_("room"), max_length=10)
    guest_name = models.CharField(_("guest"), max_length=100, blank=True)
    guest_name_folded = models.CharField(max_length=300, blank=True, editable=False)
    phone_number = models.CharField(_("phone"), max_length=17, blank=True)
    service_type = models.CharField(_("service"), max_length=30)
    department = models.CharField(_("department"), max_length=20)
    priority = models.PositiveSmallIntegerField(_("priority"), choices=Priority.choices)
    urgency = models.PositiveSmallIntegerField(_("urgency"), choices=Urgency.choices)
    description = models.CharField(_("description"), max_length=500, blank=True)
    special_instructions = models.CharField(_("special instructions"), max_length=500, blank=True)
    order_type = models.CharField(_("order type"), max_length=50, blank=True)
    delivery_time = models.DateTimeField(_("delivery time"), null=True, blank=True)
    items = models.JSONField(_("items"), default=list, blank=True)
    total_amount = models.DecimalField(_("amount"), max_digits=14, decimal_places=2, null=True, blank=True)
    currency = models.CharField(_("currency"), max_length=3)
    status = models.CharField(_("status"), max_length=12, choices=Status.choices)
    assignee = models.ForeignKey(
        User, null=True, blank=True, on_delete=models.PROTECT, related_name="+", db_index=False
    )
    assignment = models.JSONField(
        default=dict, blank=True, help_text=_("Why this assignee: rule, candidates and their open load.")
    )
    notes = models.CharField(_("notes"), max_length=500, blank=True)
    source = models.CharField(_("source"), max_length=10, choices=Source.choices)
    language = models.CharField(_("language"), max_length=35, blank=True)
    due_at = models.DateTimeField(_("due"), null=True, blank=True)
    held_at = models.DateTimeField(null=True, blank=True)
    held_for = models.DurationField(default=timedelta)
    escalation_level = models.PositiveSmallIntegerField(_("escalation"), default=0)
    version = models.PositiveIntegerField(default=1)
    local_day = models.DateField(editable=False)
    search_folded = models.TextField(editable=False)
    created_by = models.ForeignKey(
        User, null=True, blank=True, on_delete=models.PROTECT, related_name="+", db_index=False
    )
    created_at = models.DateTimeField(_("created"))
    updated_at = models.DateTimeField(_("updated"))
    started_at = models.DateTimeField(_("started"), null=True, blank=True)
    completed_at = models.DateTimeField(_("completed"), null=True, blank=True)
    cancelled_at = models.DateTimeField(_("cancelled"), null=True, blank=True)
    deleted_at = models.DateTimeField(null=True, blank=True)
    erased_at = models.DateTimeField(null=True, blank=True, editable=False)

    class Meta:
        verbose_name = _("request")
        verbose_name_plural = _("requests")
        constraints = (
            models.CheckConstraint(condition=Q(status__in=Status.values), name="request_status_known"),
            models.CheckConstraint(condition=Q(priority__in=Priority.values), name="request_priority_known"),
            models.CheckConstraint(condition=Q(urgency__in=Urgency.values), name="request_urgency_known"),
            models.CheckConstraint(condition=Q(source__in=Source.values), name="request_source_known"),
            models.CheckConstraint(condition=Q(version__gte=1), name="request_version_positive"),
            models.CheckConstraint(
                condition=~Q(request_text="") & ~Q(room_number=""), name="request_text_and_room_given"
            ),
            models.CheckConstraint(
                condition=Q(total_amount__isnull=True) | Q(total_amount__gt=0), name="request_amount_positive"
            ),
            models.CheckConstraint(
                condition=Q(status="completed", completed_at__isnull=False)
                | (~Q(status="completed") & Q(completed_at__isnull=True)),
                name="request_completed_when_completed",
            ),
            models.CheckConstraint(
                condition=(Q(status="cancelled", cancelled_at__isnull=False) & ~Q(notes=""))
                | (~Q(status="cancelled") & Q(cancelled_at__isnull=True)),
                name="request_cancelled_with_notes",
            ),
            models.CheckConstraint(
                condition=Q(status="on-hold", held_at__isnull=False)
                | (~Q(status="on-hold") & Q(held_at__isnull=True)),
                name="request_held_when_on_hold",
            ),
            models.CheckConstraint(
                condition=~Q(status="in-progress") | Q(started_at__isnull=False),
                name="request_started_when_in_progress",
            ),
        )
        indexes = (
            _index("request_newest", "property", "-created_at", "-id"),
            _index("request_touched", "property", "-updated_at", "-id"),
            _index("request_status", "property", "status", "-created_at", "-id"),
            _index("request_room", "property", "room_number", "created_at", "id"),
            _index("request_priority", "property", "-priority", "-id"),
            _index("request_service", "property", "service_type", "-created_at", "-id"),
            _index("request_newest_anywhere", "-created_at", "-id"),
            _index("request_due", "property", "due_at", "id"),
            _index("request_open_due", "property", "due_at", "id", condition=UNFINISHED),
            # What has reached the highest level leaves it, so forgotten requests cost the search nothing.
            _index("request_climbing", "due_at", "id", condition=CLIMBING),
            _index("request_assignee", "assignee", "-created_at", "-id"),
            _index("request_open_load", "assignee", condition=UNFINISHED),
            _index(
                "request_pressing", "property", "-urgency", "-priority", "due_at", "id", condition=PRESSING
            ),
            _index("request_stay", "stay", "-created_at", "-id"),
            # What retention still has to look at; a request enters it when it is closed.
            _index("request_unerased", "property", "created_at", condition=UNERASED),
        )

    def __str__(self) -> str:
        return f"{self.order_id} ({self.room_number})"


__all__ = [
    "CLIMBING",
    "LIVE",
    "OPEN",
    "PRESSING",
    "UNERASED",
    "UNFINISHED",
    "GuestRequest",
    "Priority",
    "Source",
    "Status",
    "Urgency",
]
