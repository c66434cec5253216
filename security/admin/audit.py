"""The audit book in the back office: to be read, by managers that of their properties, by nobody changed."""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.db.models import Model, QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from security import grants, permissions
from security.admin.walls import WalledAdmin
from security.audit.chain import SERVICE
from security.authentication import caller_of
from security.models import AuditEntry, Property


class PropertyFilter(admin.SimpleListFilter):
    """The properties whose book the person may read."""

    title = _("property")
    parameter_name = "of"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        """Offer them by slug."""
        open_to = permissions.permitted_properties(caller_of(request), grants.AUDIT)
        places = Property.objects.all() if open_to is None else Property.objects.filter(pk__in=open_to)
        return [(str(pk), slug) for pk, slug in places.values_list("pk", "slug")]

    def queryset(self, request: HttpRequest, rows: QuerySet[Any]) -> QuerySet[Any]:
        """Return those of one."""
        chosen = self.value()
        return rows.filter(property_id=int(chosen)) if chosen and chosen.isdecimal() else rows


class KindFilter(admin.SimpleListFilter):
    """What the act was about."""

    title = _("kind")
    parameter_name = "kind"
    kinds = (
        *("request", "stay", "member", "user", "property", "service", "rules", "duty", "credential"),
        *("login", "access", "flag", "command", "source", "ticket"),
    )

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        """Offer the words before the colon."""
        return [(kind, kind) for kind in self.kinds]

    def queryset(self, request: HttpRequest, rows: QuerySet[Any]) -> QuerySet[Any]:
        """Return those of one kind."""
        chosen = self.value()
        return rows.filter(action__startswith=f"{chosen}:") if chosen else rows


@admin.register(AuditEntry)
class AuditAdmin(WalledAdmin):
    """Everything anybody did, newest first."""

    permissions = {"view": grants.AUDIT}
    property_path = "property_id"
    list_display = ("at", "action", "actor", "target")
    list_filter = ("at", PropertyFilter, KindFilter, "actor_kind", "door")
    search_fields = ("actor__startswith", "target__startswith", "action__startswith", "request_id__exact")
    search_help_text = _("who, about what, what, or a request's id")
    list_per_page = 50
    show_full_result_count = False
    sortable_by = ()
    fields = (
        *("at", "action", "actor_kind", "actor", "target", "before", "after", "count"),
        *("door", "address", "request_id", "node", "property_id", "chain", "number", "digest"),
    )

    def property_id_of(self, obj: Any) -> int:
        """Return the property an entry tells of; none for the service's own."""
        return obj.property_id or SERVICE

    def has_view_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        """Ask the table; what is of no property only superusers read."""
        return self.may(request, "view", obj)
