"""What the usual build writes beside a request: an audit row and an outbox row."""

from __future__ import annotations

from django.db import models


class AuditEntry(models.Model):
    """Who did what."""

    actor = models.CharField(max_length=150)
    action = models.CharField(max_length=50)
    subject = models.BigIntegerField()
    at = models.DateTimeField(auto_now_add=True)


class OutboxEntry(models.Model):
    """What is to be told."""

    name = models.CharField(max_length=64)
    data = models.JSONField()
    at = models.DateTimeField(auto_now_add=True)
