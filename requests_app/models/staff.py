"""Who is on duty, and when each was last given work."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from security.models import Membership


class Duty(models.Model):
    """A member's presence at work; without a row they are off duty."""

    membership = models.OneToOneField(
        Membership, primary_key=True, on_delete=models.CASCADE, related_name="duty"
    )
    on_duty = models.BooleanField(_("on duty"), default=False)
    last_assigned_at = models.DateTimeField(_("last assigned"), null=True, blank=True)

    class Meta:
        verbose_name = _("duty")
        verbose_name_plural = _("duties")

    def __str__(self) -> str:
        return f"{self.membership}"
