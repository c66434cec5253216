"""The audit book: rows that are only ever added, and the signatures that say how far they were whole."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.utils.translation import gettext_lazy as _


class AuditEntry(models.Model):
    """Who did what, from where, when, on which node; linked to the entry before it in its chain.

    ``chain`` is a property's id, 0 for the service itself, -1 for what happens at the doors. ``before``
    and ``after`` are canonical JSON, kept as the very text that ``digest`` covers. There is no foreign
    key: an entry outlives what it tells of. ``count`` is how many alike it stands for.
    """

    chain = models.BigIntegerField()
    number = models.BigIntegerField(_("number"))
    at = models.DateTimeField(_("when"))
    node = models.CharField(_("node"), max_length=64)
    action = models.CharField(_("what"), max_length=64)
    actor_kind = models.CharField(_("kind"), max_length=16)
    actor = models.CharField(_("who"), max_length=200)
    property_id = models.BigIntegerField(_("property"), null=True)
    target = models.CharField(_("about"), max_length=200)
    door = models.CharField(_("door"), max_length=10)
    address = models.CharField(_("from"), max_length=64)
    request_id = models.CharField(_("request"), max_length=128)
    before = models.TextField(_("before"), default="")
    after = models.TextField(_("after"), default="")
    count = models.PositiveIntegerField(_("times"), default=1)
    previous = models.CharField(max_length=64)
    digest = models.CharField(max_length=64)

    class Meta:
        verbose_name = _("audit entry")
        verbose_name_plural = _("audit book")
        constraints = (models.UniqueConstraint(fields=("chain", "number"), name="auditentry_number"),)
        indexes = (
            models.Index(fields=("property_id", "-id"), name="auditentry_property"),
            models.Index(fields=("at",), name="auditentry_at"),
        )
        ordering: ClassVar[list[str]] = ["-id"]

    def __str__(self) -> str:
        return f"{self.chain}:{self.number} {self.action}"


class AuditCheckpoint(models.Model):
    """A signature under the tip of a chain: up to ``number`` nobody without the key can write it anew."""

    chain = models.BigIntegerField()
    number = models.BigIntegerField()
    digest = models.CharField(max_length=64)
    at = models.DateTimeField()
    signature = models.CharField(max_length=64)

    class Meta:
        constraints = (models.UniqueConstraint(fields=("chain", "number"), name="auditcheckpoint_number"),)

    def __str__(self) -> str:
        return f"{self.chain}:{self.number}"
