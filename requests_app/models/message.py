"""The thread between a guest and the staff about one request."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.utils.translation import gettext_lazy as _

from requests_app.models.request import GuestRequest
from security.models import User


class Message(models.Model):
    """One line of the thread. ``author`` is empty when the guest (or an Api-Key for them) wrote it."""

    request = models.ForeignKey(GuestRequest, on_delete=models.CASCADE, related_name="messages")
    author = models.ForeignKey(User, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    from_guest = models.BooleanField(default=False)
    content = models.CharField(_("message"), max_length=1000)
    created_at = models.DateTimeField()

    class Meta:
        verbose_name = _("message")
        verbose_name_plural = _("messages")
        ordering: ClassVar[list[str]] = ["id"]
        constraints = (models.CheckConstraint(condition=~models.Q(content=""), name="message_not_empty"),)

    def __str__(self) -> str:
        return f"message {self.pk}"
