"""A guest in a room, from check-in to check-out."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.utils.translation import gettext_lazy as _

from security.models import Credential, Property, User


class Stay(models.Model):
    """One guest's stay: the room may change, the token stays good until check-out."""

    property = models.ForeignKey(Property, on_delete=models.PROTECT, related_name="stays")
    room_number = models.CharField(_("room"), max_length=10)
    guest_name = models.CharField(_("guest"), max_length=100, blank=True)
    language = models.CharField(_("language"), max_length=35, blank=True)
    opened_at = models.DateTimeField(_("opened"))
    check_out = models.DateTimeField(_("check-out planned"))
    checked_out_at = models.DateTimeField(_("checked out"), null=True, blank=True)
    erased_at = models.DateTimeField(null=True, blank=True, editable=False)
    opened_by = models.ForeignKey(User, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    credential = models.OneToOneField(
        Credential, null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )

    class Meta:
        verbose_name = _("stay")
        verbose_name_plural = _("stays")
        ordering: ClassVar[list[str]] = ["-id"]
        indexes = (
            models.Index(
                fields=("property", "room_number"),
                condition=models.Q(checked_out_at__isnull=True),
                name="stay_open_room",
            ),
            models.Index(
                fields=("property", "check_out"),
                condition=models.Q(erased_at__isnull=True),
                name="stay_unerased",
            ),
        )

    def __str__(self) -> str:
        return f"{self.room_number} since {self.opened_at:%Y-%m-%d}"
