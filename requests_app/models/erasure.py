"""Who was forgotten: by reference, never by name."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.utils.translation import gettext_lazy as _


class Erasure(models.Model):
    """One act of forgetting: what it was asked for by, by whom, and how much it erased.

    ``term_digest`` is a keyed digest of what was looked for, so that the same question can be
    recognised and nobody can read the name back. It has finished when ``finished_at`` is set.
    """

    selector = models.CharField(_("selected by"), max_length=20)
    term_digest = models.CharField(max_length=64, blank=True)
    made_by = models.CharField(_("by"), max_length=150)
    started_at = models.DateTimeField(_("started"))
    finished_at = models.DateTimeField(_("finished"), null=True, blank=True)
    counts = models.JSONField(_("erased"), default=dict)

    class Meta:
        verbose_name = _("erasure")
        verbose_name_plural = _("erasures")
        ordering: ClassVar[list[str]] = ["-id"]
        indexes = (
            models.Index(
                fields=("id",), condition=models.Q(finished_at__isnull=True), name="erasure_unfinished"
            ),
        )

    def __str__(self) -> str:
        return f"erasure {self.pk}"


class TargetKind(models.TextChoices):
    """What kind of thing was erased."""

    REQUEST = "request"
    STAY = "stay"


class ErasureTarget(models.Model):
    """One request or stay of an erasure. ``reference`` finds it again in a restored backup.

    An order id is drawn at random. The id of a stay may be given again after a restore, so its
    reference carries the moment it was opened.
    """

    erasure = models.ForeignKey(Erasure, on_delete=models.CASCADE, related_name="targets")
    kind = models.CharField(max_length=8, choices=TargetKind.choices)
    subject = models.BigIntegerField()
    reference = models.CharField(max_length=80)
    done = models.BooleanField(default=False)

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=("erasure", "kind", "subject"), name="erasuretarget_once"),
        )
        indexes = (
            models.Index(
                fields=("erasure", "kind", "subject"),
                condition=models.Q(done=False),
                name="erasuretarget_to_do",
            ),
        )

    def __str__(self) -> str:
        return self.reference
