"""Who may come in by single sign-on: links made, seen and taken away by superusers."""

from __future__ import annotations

from typing import Any

from django import forms
from django.conf import settings
from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from security import grants
from security.admin.walls import WalledAdmin
from security.authentication import caller_of
from security.models import Identity, User
from security.single_sign_on import identities


class NewIdentityForm(forms.ModelForm):  # type: ignore[type-arg]
    """A person, and the id of their account at the provider."""

    user = forms.ModelChoiceField(label=_("person"), queryset=User.objects.order_by("username"))

    class Meta:
        model = Identity
        fields = ("user", "issuer", "subject")


@admin.register(Identity)
class IdentityAdmin(WalledAdmin):
    """Links are made and deleted, never changed."""

    permissions = {"view": grants.PEOPLE, "add": grants.PEOPLE, "delete": grants.PEOPLE}
    form = NewIdentityForm
    fields = ("user", "issuer", "subject")
    list_display = ("user", "issuer", "subject", "created_at")
    list_select_related = ("user",)
    search_fields = ("user__username", "subject")

    def property_id_of(self, obj: Any) -> int:
        """Return 0: a person belongs to no one property."""
        return 0

    def within_wall(self, request: HttpRequest, rows: QuerySet[Any], verb: str = "view") -> QuerySet[Any]:
        """Return all of them to those above all properties, nothing to others."""
        return rows if self.may(request, verb) else rows.none()

    def get_changeform_initial_data(self, request: HttpRequest) -> dict[str, Any]:
        """Begin with the configured provider."""
        return {"issuer": settings.OIDC_ISSUER, **super().get_changeform_initial_data(request)}

    def save_model(self, request: HttpRequest, obj: Identity, form: Any, change: Any) -> None:
        """Link."""
        made = identities.link(by=caller_of(request), user=obj.user, issuer=obj.issuer, subject=obj.subject)
        obj.pk = made.pk

    def delete_model(self, request: HttpRequest, obj: Identity) -> None:
        """Unlink."""
        identities.unlink(by=caller_of(request), identity=obj)
