"""A browser that came in: Django's session, with what its person must see to know it again."""

from __future__ import annotations

from django.contrib.sessions.base_session import AbstractBaseSession
from django.db import models
from django.utils import timezone

from security.models.access import User


class StaffSession(AbstractBaseSession):
    """One session. ``reference`` names it in lists and tickets; the key itself opens, and is never shown."""

    reference = models.CharField(max_length=32, unique=True, editable=False)
    user = models.ForeignKey(User, null=True, on_delete=models.CASCADE, related_name="sessions")
    second_factor = models.BooleanField(default=False)
    began_at = models.DateTimeField(default=timezone.now)
    seen_at = models.DateTimeField(default=timezone.now)
    address = models.CharField(max_length=45, blank=True)
    agent = models.CharField(max_length=200, blank=True)
