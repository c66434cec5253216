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
    ``tip`` is the end of whatever a scribe writes beside the stream, moved under the same lock.
    """

    stream = models.BigIntegerField(primary_key=True)
    epoch = models.CharField(max_length=16)
    seq = models.BigIntegerField(default=0)
    oldest = models.BigIntegerField(default=1)
    counters = models.JSONField(default=dict)
    tip = models.CharField(max_length=100, default="", db_default="")

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
    retention (who, from, to), ``frame`` the encoded message for listeners, dropped by retention,
    ``request_id`` what the call that did it was named (``X-Request-ID``), where a call did.
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
    request_id = models.CharField(max_length=128, default="", db_default="")
    trace: str = ""
    """The trace this is a part of, while it is told; not kept."""

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


class NodeRole(models.TextChoices):
    """What a node serves."""

    ALL = "all"
    WEB = "web"
    LIVE = "live"


class NodeStatus(models.TextChoices):
    """What a node says of itself; that it is suspect or down is for the others to say."""

    UP = "up"
    DRAINING = "draining"
    LEFT = "left"


class Node(models.Model):
    """One process of the service. All its times are the database's.

    ``boot`` names one life of it: a node that was declared lost and wakes begins another.
    ``load`` is how much of a core it used since its last heartbeat.
    """

    instance_id = models.CharField(max_length=64, primary_key=True)
    boot = models.CharField(max_length=16)
    host = models.CharField(max_length=255)
    pid = models.PositiveIntegerField()
    version = models.CharField(max_length=32)
    role = models.CharField(max_length=8, choices=NodeRole)
    status = models.CharField(max_length=8, choices=NodeStatus, default=NodeStatus.UP)
    started_at = models.DateTimeField()
    last_heartbeat = models.DateTimeField()
    connections = models.PositiveIntegerField(default=0)
    load = models.FloatField(default=0.0)

    def __str__(self) -> str:
        return f"{self.instance_id} ({self.boot})"


ONLY_ROW = 1
"""The id of the one row that the lease has, and the fence."""


class LeaderLease(models.Model):
    """Who leads, until when; ``token`` grows with every takeover and is the leader's term."""

    id = models.PositiveSmallIntegerField(primary_key=True, default=ONLY_ROW)
    holder = models.CharField(max_length=64, default="")
    boot = models.CharField(max_length=16, default="")
    token = models.BigIntegerField(default=0)
    expires_at = models.DateTimeField()

    class Meta:
        constraints = (models.CheckConstraint(condition=Q(id=ONLY_ROW), name="leaderlease_only_row"),)

    def __str__(self) -> str:
        return f"{self.holder} in term {self.token}"


class LeaderFence(models.Model):
    """The highest term that has written. Not the lease: a job that holds this one must not stop renewals."""

    id = models.PositiveSmallIntegerField(primary_key=True, default=ONLY_ROW)
    token = models.BigIntegerField(default=0)

    class Meta:
        constraints = (models.CheckConstraint(condition=Q(id=ONLY_ROW), name="leaderfence_only_row"),)

    def __str__(self) -> str:
        return f"term {self.token}"


class FlagState(models.Model):
    """For whom a flag is on; one that was never switched has no row, and is on.

    ``percent`` is the share of everyone while it is ``on`` (null: all), ``exceptions`` an object of
    label to percent. A release that only knows ``on`` takes a share for the whole.
    """

    name = models.CharField(max_length=64, primary_key=True)
    on = models.BooleanField(default=True)
    percent = models.PositiveSmallIntegerField(null=True)
    exceptions = models.JSONField(default=dict, db_default={})
    changed_at = models.DateTimeField()

    def __str__(self) -> str:
        return f"{self.name} is {'on' if self.on else 'off'}"


class ReleaseSeen(models.Model):
    """A release that has run here, and when a node last began a life with it."""

    version = models.CharField(max_length=64, primary_key=True)
    started_at = models.DateTimeField()

    def __str__(self) -> str:
        return self.version


class CommandAck(models.Model):
    """What one life of a node made of an order on the control stream."""

    order = models.CharField(max_length=32)
    instance_id = models.CharField(max_length=64)
    boot = models.CharField(max_length=16)
    ok = models.BooleanField()
    detail = models.CharField(max_length=500, blank=True, default="")
    at = models.DateTimeField()

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=("order", "instance_id", "boot"), name="commandack_once_a_life"),
        )
        indexes = (models.Index(fields=("at",), name="commandack_age"),)

    def __str__(self) -> str:
        return f"{self.instance_id}: {'yes' if self.ok else 'no'}"


class NodeReport(models.Model):
    """What a node measured of itself, as it last wrote it; only its newest is kept."""

    instance_id = models.CharField(max_length=64, primary_key=True)
    boot = models.CharField(max_length=16)
    figures = models.JSONField(default=dict)
    at = models.DateTimeField()

    def __str__(self) -> str:
        return f"{self.instance_id} ({self.boot})"


class Backup(models.Model):
    """A backup of this database that was written whole; where it lies is its operator's affair."""

    name = models.CharField(max_length=64, unique=True)
    taken_at = models.DateTimeField()
    bytes = models.BigIntegerField()
    rows = models.BigIntegerField()
    is_sealed = models.BooleanField(default=False)
    verified_at = models.DateTimeField(null=True)

    class Meta:
        indexes = (models.Index(fields=("-taken_at",), name="backup_newest"),)

    def __str__(self) -> str:
        return self.name
