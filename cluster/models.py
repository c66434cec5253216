"""What one service made of many processes keeps in the database.

The database is the only authority: membership of the log, order of events and the
validity of everything derived live here. Nothing in this module knows what the
streams are about.
"""

from __future__ import annotations

from django.core.serializers.json import DjangoJSONEncoder
from django.db import models
from django.db.models import Q

CONTROL_STREAM = 0
"""The stream of the service itself; every other stream id is chosen by the apps above."""


class StreamHead(models.Model):
    """The one row a stream turns on: its sequencer, its generation and its exact counters.

    ``seq`` is the number of the newest event, ``oldest`` that of the oldest event whose frame is
    still kept, ``counters`` a flat JSON object of name to integer, moved in the same transaction
    as the rows it counts. ``epoch`` changes when numbers can no longer be compared (a restore).
    """

    stream = models.BigIntegerField(primary_key=True)
    epoch = models.CharField(max_length=16)
    seq = models.BigIntegerField(default=0)
    oldest = models.BigIntegerField(default=1)
    counters = models.JSONField(default=dict)

    class Meta:
        constraints = (
            models.CheckConstraint(condition=Q(seq__gte=0), name="streamhead_seq_not_negative"),
            models.CheckConstraint(condition=Q(oldest__gte=1), name="streamhead_oldest_positive"),
        )

    def __str__(self) -> str:
        return f"stream {self.stream} at {self.epoch}:{self.seq}"


class Event(models.Model):
    """Something that happened: history, outbox and catch-up log in one append-only row.

    ``subject`` is the id of the thing it happened to, ``change`` the small record that outlives
    retention (who, from, to), ``frame`` the encoded message for listeners, dropped by retention.
    There is no foreign key on purpose: nothing may be locked after a stream head.
    """

    stream = models.BigIntegerField()
    epoch = models.CharField(max_length=16)
    seq = models.BigIntegerField()
    name = models.CharField(max_length=64)
    subject = models.BigIntegerField(null=True)
    at = models.DateTimeField()
    node = models.CharField(max_length=64)
    rooms = models.JSONField(default=list)
    change = models.JSONField(default=dict, encoder=DjangoJSONEncoder)
    frame = models.TextField(null=True)  # noqa: DJ001 - retention drops it; an empty frame is none

    class Meta:
        constraints = (models.UniqueConstraint(fields=("stream", "seq"), name="event_stream_seq"),)
        indexes = (models.Index(fields=("stream", "subject", "seq"), name="event_subject"),)

    def __str__(self) -> str:
        return f"{self.name} {self.stream}:{self.seq}"


class EventSubject(models.Model):
    """One further thing a batch event happened to, so that its history can find the event."""

    stream = models.BigIntegerField()
    subject = models.BigIntegerField()
    seq = models.BigIntegerField()

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=("stream", "subject", "seq"), name="eventsubject_once"),
        )

    def __str__(self) -> str:
        return f"{self.subject} in {self.stream}:{self.seq}"


class IdempotencyRecord(models.Model):
    """The first answer to a call that carried an ``Idempotency-Key``, written with its effect.

    ``scope`` is a digest of caller, method and path; ``fingerprint`` one of the body.
    """

    scope = models.CharField(max_length=64)
    key = models.CharField(max_length=255)
    fingerprint = models.CharField(max_length=64)
    status = models.PositiveSmallIntegerField(default=0)
    headers = models.JSONField(default=dict)
    body = models.TextField(default="")
    created_at = models.DateTimeField()

    class Meta:
        constraints = (models.UniqueConstraint(fields=("scope", "key"), name="idempotency_once"),)
        indexes = (models.Index(fields=("created_at",), name="idempotency_age"),)

    def __str__(self) -> str:
        return f"{self.scope}:{self.key}"
