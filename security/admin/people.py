"""Everybody with a login, for superusers; managers meet them as members."""

from __future__ import annotations

from functools import partial
from http import HTTPStatus
from typing import Any, ClassVar

from django.contrib import admin
from django.contrib.auth.admin import UserAdmin
from django.contrib.auth.models import Group
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from cluster.streams import SHOWN, move_version
from security import first_passwords, grants, members
from security.admin.walls import WalledAdmin
from security.authentication import caller_of
from security.models import User

# Roles are memberships; Django's groups would promise something nobody reads.
admin.site.unregister(Group)


@admin.register(User)
class PersonAdmin(WalledAdmin, UserAdmin):  # type: ignore[type-arg]
    """A person's account. Whether they may log in follows from their memberships."""

    permissions = {"view": grants.PEOPLE, "add": grants.PEOPLE, "change": grants.PEOPLE}
    fieldsets = (
        (None, {"fields": ("username", "password")}),
        (_("Person"), {"fields": ("display_name", "email", "language")}),
        (_("Access"), {"fields": ("is_active", "is_superuser", "last_login", "date_joined")}),
    )
    readonly_fields = ("last_login", "date_joined")
    list_display = ("username", "display_name", "is_active", "is_superuser")
    list_filter = ("is_active", "is_superuser")
    search_fields = ("username", "display_name")
    filter_horizontal: ClassVar[tuple[str, ...]] = ()

    def property_id_of(self, obj: Any) -> int:
        """Return 0: a person belongs to no one property."""
        return 0

    def save_model(self, request: HttpRequest, obj: User, form: Any, change: Any) -> None:
        """Save; who is let out loses their tokens, who is new must choose a password of their own."""
        if not change:
            obj.first_password_until = first_passwords.end()
        super().save_model(request, obj, form, change)
        members.settle_person(by=caller_of(request), user=obj)
        if change:
            move_version(SHOWN)

    def add_view(self, request: HttpRequest, form_url: str = "", extra_context: Any = None) -> Any:
        """Make a person in one unit of work; Django opens a transaction of its own further in."""
        view = partial(super().add_view, request, form_url, extra_context)
        return self.in_unit_of_work(request, view)

    def user_change_password(self, request: HttpRequest, id: str, form_url: str = "") -> Any:  # noqa: A002
        """Change a password; what was open with the old one ends."""
        return self.in_unit_of_work(request, partial(self._change_password, request, id, form_url))

    def _change_password(self, request: HttpRequest, user_id: str, form_url: str) -> Any:
        response = super().user_change_password(request, user_id, form_url)
        if request.method == "POST" and response.status_code == HTTPStatus.FOUND:
            members.end_tokens(by=caller_of(request), user_id=int(user_id))
        return response
