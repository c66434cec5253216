"""Statistics by day, kept exact under the head lock."""

from __future__ import annotations

from django.db import models


class DailyCount(models.Model):
    """How many undeleted requests of one local day share these dimensions, with their summed times.

    Times are whole microseconds, so that adding and taking away never drifts. No foreign key:
    rows change after the stream head is locked, where nothing else may be.
    """

    stream = models.BigIntegerField()
    day = models.DateField()
    status = models.CharField(max_length=12)
    priority = models.PositiveSmallIntegerField()
    urgency = models.PositiveSmallIntegerField()
    service_type = models.CharField(max_length=30)
    total = models.BigIntegerField(default=0)
    responses = models.BigIntegerField(default=0)
    response_us = models.BigIntegerField(default=0)
    completions = models.BigIntegerField(default=0)
    completion_us = models.BigIntegerField(default=0)

    class Meta:
        constraints = (
            models.UniqueConstraint(
                fields=("stream", "day", "status", "priority", "urgency", "service_type"),
                name="dailycount_once",
            ),
        )

    def __str__(self) -> str:
        return f"{self.day} {self.status}: {self.total}"
