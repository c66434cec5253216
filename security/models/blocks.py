"""Who is kept out for a while."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.utils.translation import gettext_lazy as _

SOURCE_LENGTH = 80


class Block(models.Model):
    """One source that is refused until a moment: ``address:203.0.113.5``, ``user:7``, ``stay:3``, ``key:2``.

    ``is_whole`` is an operator's block of an address: it holds for those with a good credential too.
    """

    source = models.CharField(_("source"), max_length=SOURCE_LENGTH, unique=True)
    reasons = models.JSONField(_("reasons"), default=list, blank=True)
    made_by = models.CharField(_("made by"), max_length=150)
    is_whole = models.BooleanField(_("also with a good credential"), default=False)
    created_at = models.DateTimeField(auto_now_add=True)
    until = models.DateTimeField(_("until"), db_index=True)

    class Meta:
        verbose_name = _("block")
        verbose_name_plural = _("blocks")
        ordering: ClassVar[list[str]] = ["-id"]

    def __str__(self) -> str:
        return f"{self.source} until {self.until:%H:%M:%S}"
