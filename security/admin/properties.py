"""Properties: their managers change how one is shown, superusers open and close them."""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.http import HttpRequest

from security import grants
from security.admin.walls import WalledAdmin
from security.authentication import caller_of
from security.models import Property
from security.signals import tell_access_changed


@admin.register(Property)
class PropertyAdmin(WalledAdmin):
    """A property's name, zone, currency and language."""

    property_path = "pk"
    permissions = {"view": grants.PROPERTY, "change": grants.PROPERTY, "add": grants.PROPERTIES}
    fields = ("slug", "name", "timezone", "currency", "language", "is_active")
    list_display = ("slug", "name", "timezone", "currency", "is_active")
    search_fields = ("slug", "name")

    def get_readonly_fields(self, request: HttpRequest, obj: Property | None = None) -> tuple[str, ...]:
        """Keep the slug for ever: clients hold it in addresses and cursors."""
        closing = () if caller_of(request).sees_everything else ("is_active",)
        return closing if obj is None else ("slug", *closing)

    def save_model(self, request: HttpRequest, obj: Property, form: Any, change: Any) -> None:
        """Save; opening or closing a property changes what its people may do."""
        super().save_model(request, obj, form, change)
        if change and "is_active" in form.changed_data:
            tell_access_changed(by=caller_of(request), property_id=obj.pk)
