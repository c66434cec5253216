"""What was brought over from another system, so that nothing is brought twice."""

from __future__ import annotations

from django.db import models

from requests_app.models.request import GuestRequest


class ImportedRequest(models.Model):
    """A request and the row it came from. ``origin`` names the system, ``changed_at`` is that row's own."""

    origin = models.CharField(max_length=40)
    old_id = models.BigIntegerField()
    request = models.OneToOneField(GuestRequest, on_delete=models.CASCADE, related_name="imported_from")
    changed_at = models.DateTimeField()

    class Meta:
        constraints = (models.UniqueConstraint(fields=("origin", "old_id"), name="importedrequest_once"),)

    def __str__(self) -> str:
        return f"{self.origin} {self.old_id}"
