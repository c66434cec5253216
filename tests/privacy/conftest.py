"""A guest who has left their name, their number and their words in every place there is."""

from __future__ import annotations

from dataclasses import dataclass

import pytest

from requests_app import actions
from requests_app.lifecycle import Status
from requests_app.models import GuestRequest, Stay
from tests import cast
from tests.api.speaking import Speaker, data_of
from tests.cast import Hotel

NAME, PHONE, TEXT = "Quetzal Ünique", "+84977001122", "xylophone"
MARKS = ("quetzal", "977001122", "xylophone")
"""What must be found nowhere afterwards; every text the guest left has one of them."""


@dataclass(frozen=True, slots=True)
class Left:
    """What the guest left behind, and a neighbour who stays known."""

    stay: Stay
    request: GuestRequest
    deleted: GuestRequest
    neighbour: GuestRequest
    hoa: Speaker


@pytest.fixture
def left(hotel: Hotel) -> Left:
    """Check in, ask twice, write, move, correct, cancel, delete, check out; with keys, in batches too."""
    hoa = Speaker(cast.bearer(hotel.hoa))
    opened = hoa.post(
        "/api/stay",
        {"roomNumber": "101", "guestName": NAME, "propertyId": "demo-hotel"},
        Idempotency_Key="stay",
    )
    told = data_of(opened, 201)
    guest = Speaker(cast.header("Guest", told["token"]))
    asked = data_of(guest.post("/api/request", _everything(), Idempotency_Key="ask"), 201)
    other = data_of(guest.post("/api/request", _everything()), 201)
    neighbour = cast.asked(hotel.lan, hotel.property, "Two towels", guest_name="Emma Clarke")
    path = f"/api/request/{asked['id']}"
    data_of(hoa.patch(path, {"guestName": f"{NAME} II", "description": f"{TEXT} four"}))
    data_of(guest.post(f"{path}/messages", {"content": f"{TEXT} five"}, Idempotency_Key="line"), 201)
    both = {"requestIds": [asked["id"], neighbour.pk], "status": "on-hold", "notes": "Both wait"}
    data_of(hoa.post("/api/request/bulk-update", both))
    end = {"status": "cancelled", "notes": f"{TEXT} seven"}
    data_of(hoa.patch(f"{path}/status", end, Idempotency_Key="end"))
    data_of(hoa.patch(f"/api/request/{other['id']}/status", {"status": "completed", "notes": TEXT}))
    actions.remove(by=cast.caller(hotel.hoa), request_id=other["id"], notes=f"{TEXT} eight")
    actions.change_status(by=cast.caller(hotel.hoa), request_id=neighbour.pk, status=Status.COMPLETED)
    data_of(hoa.post(f"/api/stay/{told['id']}/check-out"))
    rows = GuestRequest.objects
    return Left(
        Stay.objects.get(pk=told["id"]),
        rows.get(pk=asked["id"]),
        rows.get(pk=other["id"]),
        rows.get(pk=neighbour.pk),
        hoa,
    )


def _everything() -> dict[str, object]:
    return {
        "requestText": f"{TEXT} one",
        "roomNumber": "101",
        "guestName": NAME,
        "phoneNumber": PHONE,
        "description": f"{TEXT} two",
        "specialInstructions": f"{TEXT} three",
        "orderType": TEXT,
        "items": [{"name": TEXT, "for": NAME}],
    }
