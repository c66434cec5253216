"""The history of a request in sentences people read."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _

from requests_app import events
from requests_app.lifecycle import PRIORITY_BY_WORD, URGENCY_BY_WORD, Priority, Status, Urgency
from requests_app.models import GuestRequest

Entry = Mapping[str, Any]
SHORT = 80


@dataclass(frozen=True, slots=True)
class Line:
    """One thing that happened."""

    seq: int
    at: datetime
    who: str
    words: str
    notes: str
    node: str
    kind: str


def lines(history: list[dict[str, object]]) -> list[Line]:
    """Return the history, the newest first."""
    return [_line(entry) for entry in reversed(history)]


def _line(entry: Entry) -> Line:
    return Line(
        seq=entry["seq"],
        at=entry["at"],
        who=_who(entry["actor"] or {}),
        words=_words(entry),
        notes=entry["notes"] or "",
        node=entry["node"],
        kind=str(entry["event"]).partition(":")[2],
    )


def _who(actor: Mapping[str, str]) -> str:
    if actor.get("displayName"):
        return actor["displayName"]
    names = {
        "guest": _("Guest"),
        "api-key": _("A device"),
        "anonymous": _("Somebody"),
        "system": _("Bellhop"),
    }
    return names.get(actor.get("kind", ""), _("Somebody"))


def _words(entry: Entry) -> str:
    write = _WORDS.get(entry["event"])
    return write(entry) if write else str(entry["event"])


def _created(entry: Entry) -> str:
    return _("Request opened")


def _moved(entry: Entry) -> str:
    old, new = (_status((entry[side] or {}).get("status")) for side in ("from", "to"))
    return _("Status: %(old)s → %(new)s") % {"old": old, "new": new}


def _status(word: object) -> str:
    return str(Status(word).label) if word in Status.values else str(word)


def _assigned(entry: Entry) -> str:
    old, new = ((entry[side] or {}).get("assignedTo") for side in ("from", "to"))
    if new is None:
        return _("Taken from %(old)s") % {"old": old}
    if old is None:
        return _("Assigned to %(new)s") % {"new": new}
    return _("Assigned to %(new)s, was %(old)s") % {"new": new, "old": old}


def _updated(entry: Entry) -> str:
    if entry["reason"] == "erased":
        return _("The guest was forgotten")
    before, after = entry["from"] or {}, entry["to"] or {}
    return "; ".join(f"{_label(name)}: {_short(before.get(name))} → {_short(after[name])}" for name in after)


def _urgent(entry: Entry) -> str:
    reasons = {
        "alarm": _("an alarm word in the text"),
        "priority": _("high priority"),
        "unassigned": _("nobody on duty could take it"),
        "sla": _("it is overdue"),
    }
    return _("Urgent: %(reason)s") % {"reason": reasons.get(entry["reason"], entry["reason"])}


def _message(entry: Entry) -> str:
    return _("Message written")


def _deleted(entry: Entry) -> str:
    return _("Request deleted")


_WORDS = {
    events.CREATED: _created,
    events.STATUS_CHANGED: _moved,
    events.BULK_STATUS_CHANGED: _moved,
    events.ASSIGNED: _assigned,
    events.UPDATED: _updated,
    events.URGENT: _urgent,
    events.MESSAGE: _message,
    events.DELETED: _deleted,
}


def _label(name: str) -> str:
    labels = {
        "requestText": _("Request"),
        "roomNumber": _("Room"),
        "guestName": _("Guest"),
        "phoneNumber": _("Phone"),
        "serviceType": _("Service"),
        "department": _("Department"),
        "priority": _("Priority"),
        "urgency": _("Urgency"),
        "description": _("Description"),
        "specialInstructions": _("Instructions"),
        "deliveryTime": _("Delivery time"),
        "totalAmount": _("Amount"),
        "currency": _("Currency"),
        "items": _("Items"),
        "dueAt": _("Due"),
        "notes": _("Notes"),
        "escalationLevel": _("Escalation"),
    }
    return labels.get(name, name)


def _short(value: object) -> str:
    if value in PRIORITY_BY_WORD:
        return str(Priority(PRIORITY_BY_WORD[str(value)]).label)
    if value in URGENCY_BY_WORD:
        return str(Urgency(URGENCY_BY_WORD[str(value)]).label)
    words = "–" if value in (None, "", []) else str(value)
    return words if len(words) <= SHORT else f"{words[:SHORT]}…"


def why_assigned(row: GuestRequest) -> str:
    """Return why the request is whose it is, from what was stored with the choice."""
    why: Mapping[str, Any] = row.assignment
    if why.get("rule") == "by-hand":
        return _("Assigned by hand.")
    if why.get("rule") == "imported":
        return _("Taken over from the old system; there it was for %(name)s.") % {"name": why["name"]}
    if why.get("rule") != "fewest-open":
        return ""
    candidates = ", ".join(f"{one['username']} ({one['open']})" for one in why.get("candidates", []))
    if not candidates:
        return _("Nobody of %(department)s was on duty when it came.") % {"department": why["department"]}
    return _("Chosen for the fewest open requests in %(department)s: %(candidates)s.") % {
        "department": why["department"],
        "candidates": candidates,
    }
