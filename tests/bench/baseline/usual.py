"""The build every tutorial teaches: a ModelViewSet with all its comforts."""

from __future__ import annotations

import json
import secrets
from datetime import timedelta
from typing import Any

import django_filters
from asgiref.sync import async_to_sync
from channels.layers import get_channel_layer
from django.core.cache import cache
from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone
from rest_framework import pagination, serializers, viewsets

from requests_app.models import GuestRequest
from tests.bench.baseline.models import AuditEntry, OutboxEntry


def order_id() -> str:
    """Return a public reference."""
    return f"REQ-{secrets.token_hex(6).upper()}"


class RequestSerializer(serializers.ModelSerializer[GuestRequest]):
    """Every column, and the two names that live next door."""

    property_slug = serializers.CharField(source="property.slug", read_only=True)
    assigned_to = serializers.CharField(source="assignee.username", read_only=True, default=None)

    class Meta:
        model = GuestRequest
        exclude = ("guest_name_folded", "search_folded", "local_day", "assignment", "deleted_at")
        read_only_fields = (
            *("property", "order_id", "stay", "department", "currency", "status", "source", "due_at"),
            *("priority", "urgency", "created_by", "created_at", "updated_at", "started_at", "completed_at"),
            *("cancelled_at", "held_at", "version", "escalation_level"),
        )


class RequestFilter(django_filters.FilterSet):
    """Eight filters."""

    created_after = django_filters.IsoDateTimeFilter(field_name="created_at", lookup_expr="gte")
    created_before = django_filters.IsoDateTimeFilter(field_name="created_at", lookup_expr="lt")
    guest = django_filters.CharFilter(field_name="guest_name", lookup_expr="icontains")

    class Meta:
        model = GuestRequest
        fields = ("status", "priority", "urgency", "service_type", "room_number")


class Pages(pagination.PageNumberPagination):
    """Twenty a page, counted every time."""

    page_size = 20


class RequestViewSet(viewsets.ModelViewSet[GuestRequest]):
    """List and create."""

    serializer_class = RequestSerializer
    filterset_class = RequestFilter
    pagination_class = Pages

    def get_queryset(self) -> QuerySet[GuestRequest]:
        rows = GuestRequest.objects.filter(property_id=1, deleted_at__isnull=True)
        return rows.select_related("property", "assignee").order_by("-created_at", "-id")

    def perform_create(self, serializer: serializers.BaseSerializer[GuestRequest]) -> None:
        now = timezone.now()
        with transaction.atomic():
            made = serializer.save(
                property_id=1,
                order_id=order_id(),
                department="housekeeping",
                priority=2,
                urgency=1,
                currency="VND",
                status="pending",
                source="staff",
                local_day=now.date(),
                search_folded=serializer.validated_data["request_text"].lower(),
                due_at=now + timedelta(minutes=45),
                created_by_id=self.request.user.pk,
                created_at=now,
                updated_at=now,
            )
            AuditEntry.objects.create(
                actor=self.request.user.get_username(), action="create", subject=made.pk
            )
            data = json.loads(json.dumps(serializer.data, default=str))
            OutboxEntry.objects.create(name="request:created", data=data)
            transaction.on_commit(lambda: tell(data))
        cache.delete("requests:first-page")


def tell(data: dict[str, Any]) -> None:
    """Send the news to everybody's channel."""
    layer = get_channel_layer()
    assert layer is not None
    async_to_sync(layer.group_send)("staff", {"type": "request.created", "data": data})
