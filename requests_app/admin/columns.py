"""The columns of the request list. Colour never speaks alone: an icon and a word stand with it."""

from __future__ import annotations

from datetime import datetime
from zoneinfo import ZoneInfo

from django.contrib import admin
from django.utils import timezone
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.text import Truncator
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from requests_app.lifecycle import OPEN, PRIORITY_WORDS, URGENCY_WORDS, Status, Urgency, is_overdue
from requests_app.models import GuestRequest

STATUS_ICONS = {
    Status.PENDING: "○",
    Status.IN_PROGRESS: "◐",
    Status.ON_HOLD: "Ⅱ",
    Status.COMPLETED: "✓",
    Status.CANCELLED: "✕",
}
PRIORITY_ICONS = {1: "▽", 2: "◇", 3: "▲"}
URGENCY_ICONS = {2: "!", 3: "‼"}
LONGEST_TEXT = 160

COLUMNS = ("room", "wish", "status", "priority", "assignee", "due", "age", "order")


def mark(kind: str, value: str, icon: str, words: object) -> SafeString:
    """Return one coloured mark: its class, its icon, its words."""
    return format_html(
        '<span class="mark mark-{} is-{}"><span aria-hidden="true">{}</span> {}</span>',
        kind,
        value,
        icon,
        words,
    )


def status_mark(row: GuestRequest) -> SafeString:
    """Return the mark of a request's status."""
    return mark("status", row.status, STATUS_ICONS[Status(row.status)], row.get_status_display())


def priority_mark(row: GuestRequest) -> SafeString:
    """Return the mark of a request's priority."""
    return mark(
        "priority", PRIORITY_WORDS[row.priority], PRIORITY_ICONS[row.priority], row.get_priority_display()
    )


def urgency_mark(row: GuestRequest) -> SafeString:
    """Return the mark of an urgent or critical request, nothing for a normal one."""
    if row.urgency == Urgency.NORMAL:
        return SafeString("")
    return mark("urgency", URGENCY_WORDS[row.urgency], URGENCY_ICONS[row.urgency], row.get_urgency_display())


def due_mark(row: GuestRequest, now: datetime) -> SafeString:
    """Return how long there is left, or how late it is; nothing once the request is over."""
    if row.due_at is None or row.status not in OPEN:
        return SafeString("")
    clock = row.held_at or now
    if is_overdue(row.status, row.due_at, row.held_at, now):
        late = gettext("%(time)s late") % {"time": span(row.due_at, clock)}
        return mark("due", "overdue", "⚠", late)
    left = gettext("in %(time)s") % {"time": span(clock, row.due_at)}
    return mark("due", "ahead", "◷", left)


def escalation_mark(row: GuestRequest) -> SafeString:
    """Return how far an open request was raised for being late; nothing when it never was."""
    if not row.escalation_level or row.status not in OPEN:
        return SafeString("")
    said = gettext("escalation level %(number)d") % {"number": row.escalation_level}
    return format_html(
        '<span class="mark mark-escalation" title="{}"><span aria-hidden="true">⏰ ×{}</span>'
        '<span class="visually-hidden">{}</span></span>',
        said,
        row.escalation_level,
        said,
    )


def span(start: datetime, end: datetime) -> str:
    """Return a length of time as short as a column: minutes, hours, or days."""
    minutes = int((end - start).total_seconds()) // 60
    if minutes < 60:
        return gettext("%(number)d min") % {"number": minutes}
    if minutes < 48 * 60:
        return gettext("%(number)d h") % {"number": minutes // 60}
    return gettext("%(number)d days") % {"number": minutes // (24 * 60)}


def local(row: GuestRequest, moment: datetime) -> datetime:
    """Return a moment by the clock of the request's property."""
    return timezone.localtime(moment, ZoneInfo(row.property.timezone))


@admin.display(description=_("order"))
def order(row: GuestRequest) -> SafeString:
    """The public reference; it also tells the script which version of which request the row shows."""
    return format_html(
        '<span data-request="{}" data-version="{}">{}</span>', row.pk, row.version, row.order_id
    )


@admin.display(description=_("room"), ordering="room_number")
def room(row: GuestRequest) -> str:
    """The room."""
    return row.room_number


@admin.display(description=_("request"))
def wish(row: GuestRequest) -> SafeString:
    """The beginning of the text, all of it in the title, and whose it is."""
    short = Truncator(row.request_text).chars(LONGEST_TEXT)
    said = format_html('<span class="wish" title="{}">{}</span>', row.request_text, short)
    return (
        format_html('{} <span class="wish-guest">{}</span>', said, row.guest_name) if row.guest_name else said
    )


@admin.display(description=_("status"))
def status(row: GuestRequest) -> SafeString:
    """Where it stands."""
    return status_mark(row)


@admin.display(description=_("priority"), ordering="priority")
def priority(row: GuestRequest) -> SafeString:
    """How much it matters, and how soon."""
    return format_html("{} {}", priority_mark(row), urgency_mark(row))


@admin.display(description=_("assignee"), empty_value="")
def assignee(row: GuestRequest) -> str:
    """Who does it."""
    return row.assignee.shown_as() if row.assignee else ""


@admin.display(description=_("due"), ordering="due_at", empty_value="")
def due(row: GuestRequest) -> SafeString:
    """What is left of its time, and how far it was raised."""
    left, raised = due_mark(row, timezone.now()), escalation_mark(row)
    return format_html("{} {}", left, raised) if raised else left


@admin.display(description=_("age"), ordering="-created_at")
def age(row: GuestRequest) -> SafeString:
    """How long ago it came; the moment itself stands in the title."""
    since = span(row.created_at, timezone.now())
    when = local(row, row.created_at)
    return format_html(
        '<time datetime="{}" title="{}">{}</time>', when.isoformat(), f"{when:%Y-%m-%d %H:%M}", since
    )


@admin.display(description=_("property"))
def place(row: GuestRequest) -> str:
    """The property, for those who have several."""
    return row.property.name
