"""The news of the hotel: each event, who hears it and what it carries (contract, design section 4).

Every function here is called by an action inside its unit of work. The data of an event carries
the request as the API shows it, so an old snapshot plus these events equals a fresh fetch.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from cluster.streams import Work
from requests_app.lifecycle import PRIORITY_WORDS, URGENCY_WORDS
from requests_app.models import GuestRequest, Message
from requests_app.shown import shown_message, shown_request
from security.caller import Caller

CREATED = "request:created"
URGENT = "request:urgent"
STATUS_CHANGED = "request:status_changed"
ASSIGNED = "request:assigned"
UPDATED = "request:updated"
MESSAGE = "request:message"
DELETED = "request:deleted"
BULK_STATUS_CHANGED = "request:bulk_status_changed"

NAMES = (CREATED, URGENT, STATUS_CHANGED, ASSIGNED, UPDATED, MESSAGE, DELETED, BULK_STATUS_CHANGED)

Change = Mapping[str, object]
NO_CHANGE: Change = {}


def created(work: Work, request: GuestRequest, by: Caller) -> None:
    """A request was made."""
    to = {
        "status": request.status,
        "priority": PRIORITY_WORDS[request.priority],
        "urgency": URGENCY_WORDS[request.urgency],
    }
    _emit(work, CREATED, request, by, change={"to": to}, beside={"to": {**to, **_asked(request)}})


def urgent(work: Work, request: GuestRequest, by: Caller, *, reason: str) -> None:
    """A request presses: ``reason`` is alarm, priority, unassigned or sla. The staff room hears it.

    Guests do not, so whatever changed has an event of its own beside this one.
    """
    _emit(
        work,
        URGENT,
        request,
        by,
        extra={"reason": reason, "escalationLevel": request.escalation_level},
        change={"reason": reason},
        beside={"escalationLevel": request.escalation_level},
        rooms=["staff"],
        guests=False,
    )


def status_changed(work: Work, request: GuestRequest, by: Caller, *, old: str, notes: str) -> None:
    """A request took another status."""
    extra = {"oldStatus": old, "newStatus": request.status, "notes": notes or None}
    change = {"from": {"status": old}, "to": {"status": request.status}, "notes": notes}
    _emit(work, STATUS_CHANGED, request, by, extra=extra, change=change)


def assigned(work: Work, request: GuestRequest, by: Caller, *, old: str | None) -> None:
    """A request was given to somebody, or taken from ``old`` and left open."""
    new = request.assignee.username if request.assignee else None
    change = {"from": {"assignedTo": old}, "to": {"assignedTo": new}, "why": request.assignment}
    rooms = ["staff", *([f"user:{old}"] if old else [])]
    extra = {"oldAssignedTo": old, "assignedTo": new}
    _emit(work, ASSIGNED, request, by, extra=extra, change=change, rooms=rooms)


def updated(work: Work, request: GuestRequest, by: Caller, *, before: Change, after: Change) -> None:
    """Fields other than status and assignee changed; ``before`` and ``after`` hold just those."""
    moved_from = before.get("roomNumber")
    rooms = [f"room:{moved_from}"] if moved_from else []
    extra = {"changed": sorted(after)}
    _emit(work, UPDATED, request, by, extra=extra, change={"from": before, "to": after}, rooms=rooms)


def erased(work: Work, request: GuestRequest, by: Caller, *, after: Change) -> None:
    """The guest of a request was forgotten: told as an update, with no word of what was there before."""
    change = {"from": {}, "to": after, "reason": "erased"}
    _emit(work, UPDATED, request, by, extra={"changed": sorted(after)}, change=change)


def message(work: Work, request: GuestRequest, by: Caller, *, message: Message) -> None:
    """Somebody wrote into the thread."""
    line = shown_message(message)
    beside = {"content": message.content}
    _emit(work, MESSAGE, request, by, extra={"message": line}, change={"message": message.pk}, beside=beside)


def deleted(work: Work, request: GuestRequest, by: Caller, *, notes: str) -> None:
    """A request was taken out of sight."""
    beside = {"from": {"deleted": False}, "to": {"deleted": True}}
    _emit(work, DELETED, request, by, extra={"notes": notes or None}, change={"notes": notes}, beside=beside)


def bulk_status_changed(
    work: Work, requests: Sequence[GuestRequest], by: Caller, *, old: Mapping[int, str], notes: str
) -> None:
    """Many requests of one property took a status in one act: one event for the batch."""
    first = requests[0]
    slug = first.property.slug
    rooms = sorted({room for request in requests for room in _rooms(request)})
    data = {
        "requestIds": [request.pk for request in requests],
        "count": len(requests),
        "oldStatuses": {str(pk): status for pk, status in old.items()},
        "newStatus": first.status,
        "notes": notes or None,
        "requests": [shown_request(request) for request in requests],
    }
    change = {"from": {"status": data["oldStatuses"]}, "to": {"status": first.status}, "notes": notes}
    work.emit(
        first.property_id,
        BULK_STATUS_CHANGED,
        label=slug,
        subjects=[request.pk for request in requests],
        rooms=rooms,
        actor=by.as_actor(),
        data=data,
        change={"actor": by.as_actor(), **change},
    )


def _emit(
    work: Work,
    name: str,
    request: GuestRequest,
    by: Caller,
    *,
    change: Change,
    extra: Change = NO_CHANGE,
    beside: Change = NO_CHANGE,
    rooms: Sequence[str] = (),
    guests: bool = True,
) -> None:
    heard = [*_rooms(request, guests=guests), *rooms]
    work.emit(
        request.property_id,
        name,
        label=request.property.slug,
        subjects=[request.pk],
        rooms=list(dict.fromkeys(heard)),
        actor=by.as_actor(),
        data={**_essentials(request), **extra, "request": shown_request(request)},
        change={"actor": by.as_actor(), **change},
        beside=beside,
    )


def _asked(request: GuestRequest) -> Change:
    """Return what was asked for, for the book: a later entry's before is this."""
    return {
        "requestText": request.request_text,
        "roomNumber": request.room_number,
        "guestName": request.guest_name,
        "phoneNumber": request.phone_number,
        "serviceType": request.service_type,
        "description": request.description,
        "specialInstructions": request.special_instructions,
        "deliveryTime": request.delivery_time,
        "items": request.items or None,
        "totalAmount": request.total_amount,
        "currency": request.currency,
    }


def _essentials(request: GuestRequest) -> dict[str, object]:
    return {
        "id": request.pk,
        "orderId": request.order_id,
        "roomNumber": request.room_number,
        "status": request.status,
        "version": request.version,
    }


def _rooms(request: GuestRequest, *, guests: bool = True) -> list[str]:
    rooms = [f"property:{request.property.slug}", f"room:{request.room_number}", f"request:{request.pk}"]
    if request.assignee:
        rooms.append(f"user:{request.assignee.username}")
    if guests and request.stay_id:
        rooms.append(f"stay:{request.stay_id}")
    return rooms
