"""Keys and tokens: seen by hint, revoked, and Api-Keys made."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import admin, messages
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _

from security import credentials, grants
from security.admin.walls import WalledAdmin, needs
from security.authentication import caller_of
from security.credentials import NAME_LENGTH
from security.forms import PlainTextField
from security.models import Credential, CredentialKind


class NewKeyForm(forms.ModelForm):  # type: ignore[type-arg]
    """An Api-Key of one property."""

    name = PlainTextField(
        label=_("name"), limit=NAME_LENGTH, help_text=_("Who carries it, e.g. voice assistant.")
    )
    scopes = forms.MultipleChoiceField(
        label=_("scopes"),
        choices=[(scope, scope) for scope in credentials.SCOPES],
        widget=forms.CheckboxSelectMultiple,
    )

    class Meta:
        model = Credential
        fields = ("property", "name", "scopes", "expires_at", "rate_limit")

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self.fields["property"].required = True


@admin.register(Credential)
class CredentialAdmin(WalledAdmin):
    """What is carried to the door. A manager sees their property's, a superuser people's tokens too."""

    permissions = {"view": grants.KEYS, "add": grants.KEYS, "revoke": grants.KEYS}
    list_display = ("hint", "kind", "name", "property", "user", "created_at", "expires_at", "is_good")
    list_filter = ("kind", ("property", admin.RelatedOnlyFieldListFilter))
    list_select_related = ("property", "user")
    search_fields = ("hint", "name", "user__username")
    fields = (
        "kind",
        "hint",
        "name",
        "property",
        "user",
        "scopes",
        "rate_limit",
        "created_at",
        "expires_at",
        "revoked_at",
    )
    actions = ("revoke",)

    @admin.display(description=_("good"), boolean=True)
    def is_good(self, credential: Credential) -> bool:
        """Say whether it still opens anything."""
        over = credential.expires_at is not None and credential.expires_at <= timezone.now()
        return credential.revoked_at is None and not over

    def get_form(
        self, request: HttpRequest, obj: Credential | None = None, *args: Any, **options: Any
    ) -> Any:
        """Ask for a new key's scopes."""
        if obj is None:
            options |= {"form": NewKeyForm, "fields": self.get_fields(request)}
        return super().get_form(request, obj, *args, **options)

    def get_fields(self, request: HttpRequest, obj: Credential | None = None) -> Any:
        """Return the fields of the page in their order."""
        if obj:
            return self.fields
        names = NewKeyForm.Meta.fields
        # A limit protects the other properties too, so it is not a manager's to lift.
        return names if caller_of(request).is_above else names[:-1]

    def save_model(self, request: HttpRequest, obj: Credential, form: Any, change: Any) -> None:
        """Make the key and show it this once."""
        said = form.cleaned_data
        issued = credentials.issue(
            CredentialKind.API_KEY,
            property=said["property"],
            scopes=said["scopes"],
            name=said["name"],
            expires_at=said["expires_at"],
            rate_limit=said.get("rate_limit"),
        )
        obj.pk, obj.kind, obj.hint = issued.credential.pk, issued.credential.kind, issued.credential.hint
        shown = gettext("The key, shown this once: %(key)s")
        messages.warning(request, shown % {"key": issued.token})

    @needs("revoke")
    @admin.action(description=_("Revoke"))
    def revoke(self, request: HttpRequest, rows: QuerySet[Credential]) -> None:
        """Take back the selected ones; their sockets close."""
        count = credentials.revoke(rows.values_list("pk", flat=True), by=caller_of(request))
        shown = ngettext("%d was revoked.", "%d were revoked.", count)
        messages.success(request, shown % count)
