"""An account at the single sign-on provider, and whose it is here."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.utils.translation import gettext_lazy as _

from security.models.access import User


class Identity(models.Model):
    """One link. The provider's ``subject`` never changes and is never given anew, unlike a name."""

    issuer = models.CharField(_("issuer"), max_length=255)
    subject = models.CharField(_("subject"), max_length=255, help_text=_("`sub`, the account's id there."))
    user = models.ForeignKey(
        User, verbose_name=_("person"), on_delete=models.CASCADE, related_name="identities"
    )
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        verbose_name = _("single sign-on identity")
        verbose_name_plural = _("single sign-on identities")
        ordering: ClassVar[list[str]] = ["user__username", "id"]
        constraints = (models.UniqueConstraint(fields=("issuer", "subject"), name="identity_once"),)

    def __str__(self) -> str:
        return f"{self.user.username}: {self.subject}"
