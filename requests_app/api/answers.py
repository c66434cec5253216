"""The documented shapes of answers.

The hot paths build the same JSON without them (``requests_app.shown``); a test holds both equal.
"""

from __future__ import annotations

from typing import Any

from django.utils import timezone
from rest_framework import serializers

from cluster.api.shapes import CacheCounts, CacheFigures, OperationTimings
from cluster.shapes import CamelSerializer
from requests_app.lifecycle import PRIORITY_WORDS, URGENCY_WORDS, Source, Status, is_overdue
from requests_app.models import GuestRequest
from security.models import Role

Null: dict[str, Any] = {"allow_null": True}
NotForGuests: dict[str, Any] = {"required": False}


class TextOrNull(serializers.CharField):
    """A text, null where there is none."""

    def __init__(self, **options: Any) -> None:
        super().__init__(allow_null=True, **options)

    def to_representation(self, value: Any) -> Any:
        """Return the text or None."""
        return super().to_representation(value) or None


class RankedField(serializers.ChoiceField):
    """A rank, shown as its word."""

    def __init__(self, words: dict[int, str], **options: Any) -> None:
        self.ranks = words
        super().__init__(choices=list(words.values()), **options)

    def to_representation(self, value: Any) -> Any:
        """Return the word."""
        return self.ranks[value]


class PersonSerializer(CamelSerializer):
    """A member of staff; a guest gets the display name alone."""

    username = serializers.CharField(**NotForGuests)
    display_name = serializers.CharField(source="shown_as")


class RequestSerializer(CamelSerializer):
    """A request. A guest's copy lacks ``notes``, ``assignedTo`` and ``escalationLevel``."""

    id = serializers.IntegerField()
    order_id = serializers.CharField(help_text="public reference")
    property_id = serializers.SlugField(source="property.slug")
    stay_id = serializers.IntegerField(**Null)
    request_text = serializers.CharField()
    room_number = serializers.CharField()
    guest_name = TextOrNull()
    phone_number = TextOrNull()
    service_type = serializers.CharField()
    department = serializers.ChoiceField(choices=Role.choices)
    priority = RankedField(dict(PRIORITY_WORDS))
    urgency = RankedField(dict(URGENCY_WORDS))
    description = TextOrNull()
    special_instructions = TextOrNull()
    order_type = TextOrNull()
    delivery_time = serializers.DateTimeField(**Null)
    items = serializers.ListField()
    total_amount = serializers.DecimalField(max_digits=14, decimal_places=2, **Null)
    currency = serializers.CharField()
    status = serializers.ChoiceField(choices=Status.choices)
    assigned_to = serializers.CharField(source="assignee.username", **Null, **NotForGuests)
    assignee = PersonSerializer(**Null)
    notes = TextOrNull(help_text="the last status note", **NotForGuests)
    source = serializers.ChoiceField(choices=Source.choices)  # type: ignore[assignment]  # DRF's own attribute
    language = TextOrNull()
    due_at = serializers.DateTimeField(**Null)
    overdue = serializers.SerializerMethodField()
    escalation_level = serializers.IntegerField(**NotForGuests)
    version = serializers.IntegerField()
    created_at = serializers.DateTimeField()
    updated_at = serializers.DateTimeField()
    started_at = serializers.DateTimeField(**Null)
    completed_at = serializers.DateTimeField(**Null)
    cancelled_at = serializers.DateTimeField(**Null)

    def get_overdue(self, request: GuestRequest) -> bool:
        """Return whether its clock has run out."""
        return is_overdue(request.status, request.due_at, request.held_at, timezone.now())


class RemovedSerializer(CamelSerializer):
    """A request taken out of sight."""

    id = serializers.IntegerField()
    deleted = serializers.BooleanField()
    version = serializers.IntegerField()


class MessageSerializer(CamelSerializer):
    """One line of a thread."""

    id = serializers.IntegerField()
    request_id = serializers.IntegerField()
    content = serializers.CharField()
    from_guest = serializers.BooleanField()
    author = PersonSerializer(**Null)
    created_at = serializers.DateTimeField()


class ChangeSerializer(CamelSerializer):
    """One entry of a history."""

    seq = serializers.IntegerField()
    event = serializers.CharField()
    at = serializers.DateTimeField()
    actor = serializers.DictField(help_text="kind, and username and displayName of a person")
    notes = serializers.CharField(**Null)
    reason = serializers.CharField(**Null)
    node = serializers.CharField()

    def get_fields(self) -> dict[str, Any]:
        """Add the two names that Python keeps for itself."""
        more = {name: serializers.DictField(**Null) for name in ("from", "to")}
        return {**super().get_fields(), **more}


class ItemResultSerializer(CamelSerializer):
    """What became of one id."""

    id = serializers.IntegerField()
    ok = serializers.BooleanField()
    code = serializers.CharField(required=False)
    error = serializers.CharField(required=False)


class BatchSerializer(CamelSerializer):
    """What became of a batch."""

    updated = serializers.IntegerField()
    failed = serializers.IntegerField()
    total = serializers.IntegerField()
    results = ItemResultSerializer(many=True)


class PrioritiesSerializer(CamelSerializer):
    """Counts by priority."""

    low = serializers.IntegerField()
    medium = serializers.IntegerField()
    high = serializers.IntegerField()


class BucketSerializer(CamelSerializer):
    """One point of a series."""

    start = serializers.DateTimeField()
    total = serializers.IntegerField()
    completed = serializers.IntegerField()
    average_completion_minutes = serializers.FloatField(**Null)


class StatisticsSerializer(CamelSerializer):
    """Exact numbers of undeleted requests; urgent and overdue count open ones only."""

    total = serializers.IntegerField()
    pending = serializers.IntegerField()
    in_progress = serializers.IntegerField()
    on_hold = serializers.IntegerField()
    completed = serializers.IntegerField()
    cancelled = serializers.IntegerField()
    urgent = serializers.IntegerField()
    overdue = serializers.IntegerField()
    by_status = serializers.DictField(child=serializers.IntegerField())
    by_priority = PrioritiesSerializer()
    by_urgency = serializers.DictField(child=serializers.IntegerField())
    by_service_type = serializers.DictField(child=serializers.IntegerField())
    average_response_minutes = serializers.FloatField(**Null)
    average_completion_minutes = serializers.FloatField(**Null)
    completion_rate = serializers.FloatField(min_value=0, max_value=1)
    series = BucketSerializer(many=True, required=False)


class NodeTimingsSerializer(CamelSerializer):
    """One node's operations."""

    instance_id = serializers.CharField()
    operations = serializers.DictField(child=OperationTimings())


class PerformanceSerializer(CamelSerializer):
    """Operations over all nodes, merged from their buckets, and node by node; others' are seconds old."""

    monitoring = serializers.BooleanField(help_text="false while operations are not timed")
    operations = serializers.DictField(child=OperationTimings())
    nodes = NodeTimingsSerializer(many=True)


class NodeCacheSerializer(CamelSerializer):
    """One node's cache; ``cache`` is null for a node that has not reported yet."""

    instance_id = serializers.CharField()
    cache = CacheFigures(**Null)


class CacheStatsSerializer(CacheCounts):
    """The reads of all nodes, counted, and node by node; others' are seconds old."""

    nodes = NodeCacheSerializer(many=True)


class NodeFailureSerializer(CamelSerializer):
    """A node that could not do as it was told."""

    instance_id = serializers.CharField()
    reason = serializers.CharField()


class CacheClearedSerializer(CamelSerializer):
    """Which nodes forgot; ``silent`` ones said nothing within five seconds."""

    cleared = serializers.BooleanField(help_text="every living node confirmed")
    confirmed = serializers.ListField(child=serializers.CharField())
    failed = NodeFailureSerializer(many=True)
    silent = serializers.ListField(child=serializers.CharField())


class LogSerializer(CamelSerializer):
    """The event log after a position; ``complete`` when it reaches the head."""

    epoch = serializers.CharField()
    head = serializers.IntegerField()
    oldest = serializers.IntegerField()
    events = serializers.ListField(child=serializers.DictField(), help_text="frames as the socket sends them")
    next = serializers.CharField(help_text="the since of the next call")
    complete = serializers.BooleanField()


class StaySerializer(CamelSerializer):
    """A guest's stay."""

    id = serializers.IntegerField()
    property_id = serializers.SlugField()
    room_number = serializers.CharField()
    guest_name = serializers.CharField(**Null)
    language = serializers.CharField(**Null)
    opened_at = serializers.DateTimeField()
    check_out = serializers.DateTimeField()
    checked_out_at = serializers.DateTimeField(**Null)


class OpenedStaySerializer(StaySerializer):
    """A new stay with its token, which is shown this once."""

    token = serializers.CharField()
    url = serializers.URLField(help_text="the guest's page")


class PropertySerializer(CamelSerializer):
    """A property."""

    id = serializers.IntegerField()
    property_id = serializers.SlugField()
    name = serializers.CharField()
    timezone = serializers.CharField()
    currency = serializers.CharField()
    language = serializers.CharField()


class ServiceSerializer(CamelSerializer):
    """One line of the catalogue."""

    property_id = serializers.SlugField()
    code = serializers.CharField()
    name = serializers.CharField(help_text="in your language")
    names = serializers.DictField(child=serializers.CharField())
    department = serializers.ChoiceField(choices=Role.choices)
    minutes = PrioritiesSerializer(help_text="until due, by priority")


class MemberSerializer(CamelSerializer):
    """Somebody who can be given work."""

    username = serializers.CharField()
    display_name = serializers.CharField()
    role = serializers.ChoiceField(choices=Role.choices)
    property_id = serializers.SlugField()
    on_duty = serializers.BooleanField()
    open_requests = serializers.IntegerField()
