"""What a caller shows at the door: hashed, scoped, expiring, revocable."""

from __future__ import annotations

from typing import ClassVar

from django.core.validators import MinValueValidator
from django.db import models
from django.utils.translation import gettext_lazy as _

from security.models.access import Property, User


class CredentialKind(models.TextChoices):
    """Who carries it, which is also the word before it in the ``Authorization`` header."""

    STAFF = "staff", _("Staff token")
    API_KEY = "api-key", _("Api key")
    GUEST = "guest", _("Guest token")


class Credential(models.Model):
    """One token or key. Only its SHA-256 is stored: it carries 256 random bits, so no salt is needed.

    ``subject`` is the id of what a guest token opens, a number only the app above can read.
    """

    kind = models.CharField(_("kind"), max_length=10, choices=CredentialKind.choices)
    digest = models.CharField(max_length=64, unique=True, editable=False)
    hint = models.CharField(_("starts with"), max_length=12, editable=False)
    name = models.CharField(_("name"), max_length=100, blank=True)
    user = models.ForeignKey(
        User, null=True, blank=True, on_delete=models.CASCADE, related_name="credentials"
    )
    property = models.ForeignKey(
        Property, null=True, blank=True, on_delete=models.CASCADE, related_name="credentials"
    )
    subject = models.BigIntegerField(null=True, blank=True)
    scopes = models.JSONField(_("scopes"), default=list, blank=True)
    rate_limit = models.PositiveIntegerField(
        _("calls in a window"),
        null=True,
        blank=True,
        validators=[MinValueValidator(1)],
        help_text=_("Of an Api-Key, in place of RATE_LIMIT_MAX_REQUESTS."),
    )
    created_at = models.DateTimeField(auto_now_add=True)
    expires_at = models.DateTimeField(_("expires"), null=True, blank=True)
    revoked_at = models.DateTimeField(_("revoked"), null=True, blank=True)
    second_factor = models.BooleanField(_("second factor"), default=False, db_default=False)
    address = models.CharField(_("address"), max_length=45, blank=True, default="", db_default="")
    agent = models.CharField(_("browser"), max_length=200, blank=True, default="", db_default="")

    class Meta:
        ordering: ClassVar[list[str]] = ["-id"]
        constraints = (
            models.CheckConstraint(
                condition=models.Q(kind="staff", user__isnull=False)
                | models.Q(kind="api-key", property__isnull=False)
                | models.Q(kind="guest", property__isnull=False, subject__isnull=False),
                name="credential_has_its_owner",
            ),
        )
        indexes = (models.Index(fields=("kind", "subject"), name="credential_subject"),)

    def __str__(self) -> str:
        return f"{self.get_kind_display()} {self.hint}…"


class SocketTicket(models.Model):
    """A one-time pass for a browser that can not send a header with its websocket.

    It stands for the credential (or, for a session, the user) that asked for it.
    """

    digest = models.CharField(max_length=64, unique=True)
    credential = models.ForeignKey(Credential, null=True, on_delete=models.CASCADE)
    user = models.ForeignKey(User, null=True, on_delete=models.CASCADE)
    session = models.CharField(max_length=32, blank=True, default="", db_default="")
    expires_at = models.DateTimeField()

    class Meta:
        indexes = (models.Index(fields=("expires_at",), name="socketticket_age"),)

    def __str__(self) -> str:
        return f"ticket until {self.expires_at:%H:%M:%S}"
