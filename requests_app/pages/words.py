"""A request's status in the words of a host, and an icon for it."""

from __future__ import annotations

from django.utils.translation import gettext as _

from requests_app.lifecycle import Status


def status_word(status: Status) -> str:
    """Return what a guest is told."""
    return {
        Status.PENDING: _("Received"),
        Status.IN_PROGRESS: _("We are on it"),
        Status.ON_HOLD: _("Waiting"),
        Status.COMPLETED: _("Done"),
        Status.CANCELLED: _("Cancelled"),
    }[status]


def status_icon(status: Status) -> str:
    """Return a sign that needs no colour."""
    return {
        Status.PENDING: "○",
        Status.IN_PROGRESS: "◐",
        Status.ON_HOLD: "Ⅱ",
        Status.COMPLETED: "✓",
        Status.CANCELLED: "✕",
    }[status]
