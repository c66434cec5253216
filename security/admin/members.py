"""The members of a property, for its managers."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import admin, messages
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from security import grants, members
from security.admin.walls import WalledAdmin, needs
from security.authentication import caller_of
from security.forms import PlainTextField
from security.models import Membership
from security.models.access import USERNAME_LENGTH

MOST_RESETS = 20


class NewMemberForm(forms.ModelForm):  # type: ignore[type-arg]
    """A person and their role; without a password one is made and shown once."""

    username = PlainTextField(
        label=_("username"),
        limit=USERNAME_LENGTH,
        help_text=_("Of a new person, or exactly that of somebody who already works in another property."),
    )
    display_name = PlainTextField(label=_("display name"), limit=100, required=False)
    password = forms.CharField(
        label=_("password"),
        required=False,
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
        help_text=_("For a new person; empty: one is made and shown once."),
    )

    class Meta:
        model = Membership
        fields = ("property", "role")


class MemberForm(forms.ModelForm):  # type: ignore[type-arg]
    """A member's role, name, and whether they may come in."""

    display_name = PlainTextField(label=_("display name"), limit=100, required=False)

    class Meta:
        model = Membership
        fields = ("role", "is_active")

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self.fields["display_name"].initial = self.instance.user.display_name


@admin.register(Membership)
class MembershipAdmin(WalledAdmin):
    """Adds, changes, lets out and in again; nobody is deleted, their work keeps its author."""

    permissions = {
        "view": grants.MEMBERS,
        "add": grants.MEMBERS,
        "change": grants.MEMBERS,
        "reset": grants.MEMBERS,
    }
    list_display = ("username", "shown_as", "property", "role", "is_active")
    list_filter = ("role", "is_active", ("property", admin.RelatedOnlyFieldListFilter))
    list_select_related = ("user", "property")
    search_fields = ("user__username", "user__display_name")
    actions = ("reset_passwords", "log_out", "forget_second_factor")
    new_fields = ("property", "username", "display_name", "role", "password")
    known_fields = ("property", "username", "display_name", "role", "is_active")

    @admin.display(description=_("username"), ordering="user__username")
    def username(self, member: Membership) -> str:
        """Return who it is."""
        return member.user.username

    @admin.display(description=_("name"))
    def shown_as(self, member: Membership) -> str:
        """Return the name others read."""
        return member.user.shown_as()

    def get_form(
        self, request: HttpRequest, obj: Membership | None = None, *args: Any, **options: Any
    ) -> Any:
        """Ask for more about a new member."""
        options["form"] = MemberForm if obj else NewMemberForm
        return super().get_form(request, obj, *args, **options)

    def get_fields(self, request: Any, obj: Membership | None = None) -> tuple[str, ...]:
        """Return the fields of the form in their order."""
        return self.known_fields if obj else self.new_fields

    def get_readonly_fields(self, request: Any, obj: Any = None) -> tuple[str, ...]:
        """A membership's person and property never change."""
        return ("property", "username") if obj else ()

    def save_model(self, request: HttpRequest, obj: Membership, form: Any, change: Any) -> None:
        """Leave it to the verbs."""
        if change:
            self._change(request, obj, form)
        else:
            self._add(request, obj, form.cleaned_data)

    @needs("reset")
    @admin.action(description=_("Give a new password"))
    def reset_passwords(self, request: HttpRequest, rows: QuerySet[Membership]) -> None:
        """Give each selected member a new password, shown this once."""
        for member in rows.select_related("user")[:MOST_RESETS]:
            username = member.user.username
            password = members.reset_password(
                by=caller_of(request), property_id=member.property_id, username=username
            )
            self._show_once(request, username, password)

    @needs("reset")
    @admin.action(description=_("Log out everywhere"))
    def log_out(self, request: HttpRequest, rows: QuerySet[Membership]) -> None:
        """End all the selected members have open, their sockets with it."""
        for row in rows.select_related("user")[:MOST_RESETS]:
            members.log_out(by=caller_of(request), property_id=row.property_id, username=row.user.username)
        messages.success(request, gettext("Logged out everywhere."))

    @needs("reset")
    @admin.action(description=_("Take away the second factor (lost phone)"))
    def forget_second_factor(self, request: HttpRequest, rows: QuerySet[Membership]) -> None:
        """Take it away; they set up a new one at their next login."""
        for row in rows.select_related("user")[:MOST_RESETS]:
            members.forget_second_factor(
                by=caller_of(request), property_id=row.property_id, username=row.user.username
            )
        messages.success(request, gettext("The second factor is taken away."))

    def _add(self, request: HttpRequest, obj: Membership, said: dict[str, Any]) -> None:
        added = members.add(
            by=caller_of(request),
            property_id=said["property"].pk,
            username=said["username"],
            role=said["role"],
            display_name=said["display_name"],
            password=said["password"],
        )
        obj.pk, obj.user = added.membership.pk, added.membership.user
        if added.password:
            self._show_once(request, obj.user.username, added.password)

    def _change(self, request: HttpRequest, obj: Membership, form: Any) -> None:
        said = {name: form.cleaned_data[name] for name in form.changed_data}
        members.change(by=caller_of(request), property_id=obj.property_id, username=obj.user.username, **said)

    def _show_once(self, request: HttpRequest, username: str, password: str) -> None:
        shown = gettext("The password of %(username)s, shown this once: %(password)s")
        messages.warning(request, shown % {"username": username, "password": password})
