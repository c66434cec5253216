"""Opening a request."""

from __future__ import annotations

import base64
import secrets
from dataclasses import dataclass, replace
from datetime import datetime
from decimal import Decimal
from zoneinfo import ZoneInfo

from django.utils import timezone

from cluster import flags
from cluster.flags import Subject
from cluster.streams import Work, unit_of_work
from requests_app import counters, events, lifecycle
from requests_app.actions import admission, assignment
from requests_app.actions.changes import refresh_search
from requests_app.flags import SERVICES
from requests_app.lifecycle import Priority, Source, Status, Urgency
from requests_app.models import GuestRequest
from requests_app.permissions import STATUS
from requests_app.queries.offers import Offer, offer_named
from security import permissions
from security.caller import Caller, CallerKind
from security.models import Property
from security.permissions import Grant
from security.targets import subject_in

DEFAULT_SERVICE = "general"
ORDER_LETTERS = 10
ORDER_BYTES = 7  # 56 bits make 10 whole letters of base32, with 6 to spare


@dataclass(frozen=True, slots=True, kw_only=True)
class NewRequest:
    """What a caller asks for: texts already clean, choices already known (contract, section 3)."""

    request_text: str
    room_number: str = ""
    guest_name: str = ""
    phone_number: str = ""
    service_type: str = DEFAULT_SERVICE
    priority: int = Priority.MEDIUM
    urgency: int = Urgency.NORMAL
    description: str = ""
    special_instructions: str = ""
    order_type: str = ""
    delivery_time: datetime | None = None
    items: tuple[object, ...] = ()
    total_amount: Decimal | None = None
    currency: str = ""
    language: str = ""
    assigned_to: str | None = None
    by_voice: bool = False


def create(*, by: Caller, property_id: int, new: NewRequest) -> GuestRequest:
    """Open a request, apply the house's rules to it, and announce it.

    Raises Invalid for an unknown service or assignee, LimitExceeded for a room over its hour.
    """
    now = timezone.now()
    with unit_of_work() as work:
        admission.admit(by, property_id)
        new, stay_id = _for_guest(by, new)
        offer = offer_named(property_id, new.service_type)
        admission.keep_room_limit(by, property_id, new.room_number, now)
        request = _drafted(by, offer.place(property_id), offer, new, stay_id, now)
        served = flags.is_on(SERVICES, _subject(by, request))
        alarm = served and _raise_alarm(request, offer)
        if served:
            request.due_at = lifecycle.due_at(now, request.held_for, offer.minutes(), request.priority)
        _assign(by, request, new, now, served=served)
        work.insert(request)
        counters.move(work, property_id, None, counters.contribution(request))
        _announce(work, request, by, alarm=alarm)
    return request


def _for_guest(by: Caller, new: NewRequest) -> tuple[NewRequest, int | None]:
    if not by.is_guest:
        return new, None
    stay = admission.stay_of(by, new.room_number)
    known = replace(
        new,
        room_number=stay.room_number,
        guest_name=new.guest_name or stay.guest_name,
        language=new.language or stay.language,
        assigned_to=None,
    )
    return known, stay.pk


def _drafted(
    by: Caller, place: Property, offer: Offer, new: NewRequest, stay_id: int | None, now: datetime
) -> GuestRequest:
    request = GuestRequest(
        id=offer.next_id,
        property=place,
        order_id=new_order_id(),
        stay_id=stay_id,
        request_text=new.request_text,
        room_number=new.room_number,
        guest_name=new.guest_name,
        phone_number=new.phone_number,
        service_type=offer.code,
        department=offer.department,
        priority=new.priority,
        urgency=new.urgency,
        description=new.description,
        special_instructions=new.special_instructions,
        order_type=new.order_type,
        delivery_time=new.delivery_time,
        items=list(new.items),
        total_amount=new.total_amount,
        currency=new.currency or place.currency,
        status=Status.PENDING.value,
        source=_source(by, new).value,
        language=new.language,
        local_day=now.astimezone(ZoneInfo(place.timezone)).date(),
        created_by_id=by.user_id,
        created_at=now,
        updated_at=now,
    )
    refresh_search(request)
    return request


def new_order_id() -> str:
    """Return a public reference that nobody can guess."""
    return f"REQ-{base64.b32encode(secrets.token_bytes(ORDER_BYTES)).decode()[:ORDER_LETTERS]}"


def _source(by: Caller, new: NewRequest) -> Source:
    if by.kind is CallerKind.API_KEY:
        return Source.VOICE if new.by_voice else Source.API
    return {CallerKind.GUEST: Source.GUEST, CallerKind.ANONYMOUS: Source.ANONYMOUS}.get(by.kind, Source.STAFF)


def _raise_alarm(request: GuestRequest, offer: Offer) -> bool:
    words = lifecycle.found_alarm_words(request.request_text, offer.alarm_words)
    if words:
        request.priority = Priority.HIGH.value
        request.urgency = max(request.urgency, Urgency.URGENT.value)
    return bool(words)


def _subject(by: Caller, request: GuestRequest) -> Subject:
    """Return for whom the house's services are asked about; a stranger is their room."""
    return subject_in(by, request.property, stranger=f"room:{request.property_id}:{request.room_number}")


def _assign(by: Caller, request: GuestRequest, new: NewRequest, now: datetime, *, served: bool) -> None:
    if new.assigned_to and permissions.grant(by, STATUS, request.property_id) is not Grant.NO:
        member = assignment.member_named(request.property_id, new.assigned_to)
        assignment.hand_over(request, member, now=now)
    elif served and lifecycle.is_pressing(request.priority, request.urgency):
        assignment.auto_assign(request, now=now)


def _announce(work: Work, request: GuestRequest, by: Caller, *, alarm: bool) -> None:
    events.created(work, request, by)
    if request.assignee:
        events.assigned(work, request, by, old=None)
    if lifecycle.is_pressing(request.priority, request.urgency):
        reason = "unassigned" if request.assignee is None else "alarm" if alarm else "priority"
        events.urgent(work, request, by, reason=reason)
