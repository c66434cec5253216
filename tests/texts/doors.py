"""Every way a text comes in: each takes the texts and says them all."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import timedelta
from itertools import cycle
from typing import Any
from urllib.parse import quote

from django.test import Client
from django.utils import timezone

from requests_app.form_keys import new_form_key
from tests.api.speaking import data_of
from tests.forms import fields_of, send
from tests.texts.house import ROOM, House

PATH = "/api/request"
ADMIN = "/admin/requests_app/"
REQUESTS = f"{ADMIN}guestrequest/"


def by_the_api(house: House, texts: list[str]) -> None:
    for text in texts:
        said = {"requestText": text, "description": text[:500], "items": [{"name": text[:500]}]}
        data = data_of(
            house.staff.post(PATH, {**said, **_pressing(), "guestName": text[:100], "roomNumber": ROOM}), 201
        )
        data_of(house.staff.patch(f"{PATH}/{data['id']}", {"specialInstructions": text[:500]}))


def by_the_form(house: House, texts: list[str]) -> None:
    """The back office's form for a new request."""
    for text in texts:
        said = {
            "request_text": text,
            "guest_name": text[:100],
            "description": text[:500],
            "special_instructions": text[:500],
            "room_number": ROOM,
            "property": str(house.place.pk),
            "service_type": "general",
            "priority": "3",
            "urgency": "2",
            "form_key": new_form_key(),
        }
        _went(house.office, f"{REQUESTS}add/", said)


def by_an_edit(house: House, texts: list[str]) -> None:
    address = f"{REQUESTS}{house.loud.pk}/change/"
    shown = fields_of(house.office.get(address).content.decode())
    for text in texts:
        house.loud.refresh_from_db()
        said = {"request_text": text, "guest_name": text[:100], "description": text[:500]}
        before = {f"initial-{name}": "before" for name in said}
        _went(
            house.office,
            address,
            {**shown, **said, **before, "do": "edit", "version": str(house.loud.version)},
        )


def by_notes(house: House, texts: list[str]) -> None:
    """A status with a note, by the API, by the page of one request, by the list's bulk actions."""
    one = f"{REQUESTS}{house.loud.pk}/change/"
    turn = cycle(("in-progress", "on-hold"))
    for text in texts:
        note, status = text[:500], next(turn)
        data_of(house.staff.patch(f"{PATH}/{house.loud.pk}/status", {"status": status, "notes": note}))
        house.loud.refresh_from_db()
        version = str(house.loud.version)
        _went(house.office, one, {"do": next(turn), "notes": note, "version": version, "seen": "0"})
        action = f"to_{next(turn).replace('-', '_')}"
        _went(
            house.office,
            REQUESTS,
            {"action": action, "_selected_action": str(house.loud.pk), "notes": note},
        )
        ids = {"requestIds": [house.loud.pk], "status": next(turn), "notes": note}
        data_of(house.staff.post(f"{PATH}/bulk-update", ids))


def by_messages(house: House, texts: list[str]) -> None:
    """A line by the staff's API, the guest's API, the guest's page, the back office."""
    pk = house.asked.pk
    for text in texts:
        data_of(house.staff.post(f"{PATH}/{pk}/messages", {"content": text}), 201)
        data_of(house.stranger.post(f"{PATH}/{pk}/messages", {"content": text}), 201)
        said = {"content": text, "form_key": new_form_key()}
        _went(house.guest, f"/stay/{pk}", said)
        _went(house.office, f"{REQUESTS}{pk}/change/", {**said, "form_key": new_form_key(), "do": "reply"})


def by_a_guest(house: House, texts: list[str]) -> None:
    for text in texts:
        _went(
            house.guest,
            "/stay",
            {"request_text": text, "service_type": "general", "form_key": new_form_key()},
        )


def by_members(house: House, texts: list[str]) -> None:
    """Display names, by the API and by the back office."""
    for text, member in zip(texts, house.members, strict=True):
        data_of(house.staff.patch(f"/api/member/{member.user.username}", {"displayName": f"{text[:99]}…"}))
        said = {"display_name": text[:100], "role": member.role, "is_active": "on"}
        _went(house.office, f"/admin/security/membership/{member.pk}/change/", said)


def by_stays(house: House, texts: list[str]) -> None:
    until = timezone.now() + timedelta(days=2)
    for number, text in enumerate(texts):
        said = {"guestName": text[:100], "roomNumber": f"S{number}", "checkOut": until.isoformat()}
        data_of(house.staff.post("/api/stay", said), 201)
        form = {"guest_name": text[:100], "room_number": f"T{number}", "property": str(house.place.pk)}
        more = {"check_out": f"{until:%Y-%m-%dT%H:%M}", "language": ""}
        answer = send(house.office, f"{ADMIN}stay/add/", {**form, **more})
        assert answer.status_code == 200
        assert b"is checked in" in answer.content


def by_the_catalogue(house: House, texts: list[str]) -> None:
    for number, text in enumerate(texts):
        said = {"name_en": text[:60], "name_vi": text[:60], "code": f"code-{number}", "department": "manager"}
        minutes = {f"minutes_{name}": "60" for name in ("low", "medium", "high")}
        more = {"property": str(house.place.pk), "position": "9", "is_active": "on"}
        _went(house.office, f"{ADMIN}servicetype/add/", {**said, **minutes, **more})


def by_properties(house: House, texts: list[str]) -> None:
    for text, branch in zip(texts, house.branches, strict=True):
        said = {"name": text[:100], "timezone": "UTC", "currency": "EUR", "language": "en"}
        _went(house.above, f"/admin/security/property/{branch.pk}/change/", {**said, "is_active": "on"})


def by_keys(house: House, texts: list[str]) -> None:
    for text in texts:
        said = {"property": str(house.place.pk), "name": text[:60], "scopes": "request:read"}
        _went(house.office, "/admin/security/credential/add/", said)


def by_questions(house: House, texts: list[str]) -> Iterator[tuple[str, Any]]:
    """Search, path and search box keep nothing; what they answer is given back."""
    for text in texts:
        short = text[:100].strip()
        found = data_of(house.staff.get(f"{PATH}/guest/{quote(short, safe='')}"))
        assert found or "%" in short or "_" in short, short
        data_of(house.staff.get(PATH, {"search": text[:200].strip()}))
        yield text[:200].strip(), house.office.get(REQUESTS, {"q": text[:200].strip()})


Door = Callable[[House, list[str]], None]
DOORS: tuple[Door, ...] = (
    *(by_the_api, by_the_form, by_an_edit, by_notes, by_messages, by_a_guest),
    *(by_members, by_stays, by_the_catalogue, by_properties, by_keys),
)


def _pressing() -> dict[str, str]:
    return {"priority": "high", "urgency": "urgent"}


def _went(client: Client, address: str, said: dict[str, str]) -> None:
    """Send a form, which must be taken."""
    answer = send(client, address, said)
    assert answer.status_code == 302, (address, said, answer.content.decode()[-4000:])
