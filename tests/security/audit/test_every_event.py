"""Every kind of event there is leaves a whole entry, whichever verb told it."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import timedelta
from io import StringIO
from typing import Any

import pytest
from django.core.management import call_command
from django.test import Client

from cluster import control, identity, turns
from cluster.flags import switching
from requests_app import actions, events, recount
from requests_app.actions import forget
from requests_app.lifecycle import Status
from requests_app.models import HouseRules, ServiceType
from requests_app.queries import forgetting
from requests_app.queries.forgetting import Sought
from security.audit import Origin, digests, enter, leave, queue
from security.caller import SYSTEM
from security.models import Membership
from security.watch import blocks
from tests import cast
from tests.cast import Hotel
from tests.security.audit import book

pytestmark = [pytest.mark.django_db, pytest.mark.both_databases]
TEXTS = ("Zebra towels", "Zoë Quux", "+84901234567", "a striped one", "knock thrice")
CHANGED = {events.STATUS_CHANGED, events.ASSIGNED, events.UPDATED, events.BULK_STATUS_CHANGED, events.DELETED}


@pytest.fixture
def calling() -> Iterator[None]:
    """Call as from a browser's address."""
    token = enter(Origin("api", known_address="203.0.113.9"))
    yield
    leave(token)


def said(text: str) -> Any:
    return json.loads(text) if text else {}


def all_verbs(hotel: Hotel) -> None:
    hoa = cast.caller(hotel.hoa)
    cast.on_duty(hotel.minh, hotel.property)
    one, two = (cast.asked(hotel.lan, hotel.property, "fire" if n else "x", priority=3) for n in (0, 1))
    actions.edit(by=hoa, request_id=one.pk, changes={"room_number": "9"}, assignee="lan")
    actions.post_message(by=hoa, request_id=one.pk, content="Yonder words")
    actions.change_status(by=hoa, request_id=one.pk, status=Status.IN_PROGRESS)
    actions.bulk_change(by=hoa, request_ids=[one.pk, two.pk], status=Status.COMPLETED)
    actions.bulk_remove(by=hoa, request_ids=[one.pk, two.pk])
    late = cast.asked(hotel.lan, hotel.property)
    actions.escalate(now=late.created_at + timedelta(days=3), limit=10)


def test_each_event_of_a_request(hotel: Hotel, calling: None) -> None:
    all_verbs(hotel)
    found = {entry.action: entry for entry in book.entries()}
    assert set(events.NAMES) <= found.keys()
    for name in events.NAMES:
        entry = found[name]
        assert entry.actor_kind in ("staff", "system"), name
        assert entry.actor or entry.actor_kind == "system", name
        assert (entry.door, entry.address, entry.node) == ("api", "203.0.113.9", identity.instance_id()), name
        assert entry.target.startswith("request:"), name
        assert said(entry.after), name
        assert bool(said(entry.before)) is (name in CHANGED), name
        assert "Yonder" not in entry.after, name


def test_what_was_asked_for_is_before_of_what_it_becomes(hotel: Hotel) -> None:
    text, name, phone, description, wish = TEXTS
    request = cast.asked(
        hotel.lan,
        hotel.property,
        text,
        guest_name=name,
        phone_number=phone,
        description=description,
        special_instructions=wish,
    )
    changes = {"request_text": "a", "guest_name": "b", "phone_number": "", "description": "c"}
    actions.edit(
        by=cast.caller(hotel.lan), request_id=request.pk, changes=changes | {"special_instructions": "d"}
    )
    made, edited = said(book.only("request:created").after), said(book.only("request:updated").before)
    assert len(edited) == len(TEXTS)
    assert {field: made[field] for field in edited} == edited
    assert set(edited.values()) == {digests.digest_of(text) for text in TEXTS}
    assert made["roomNumber"] == "101"


def test_each_event_of_the_service(hotel: Hotel, calling: None) -> None:
    by = cast.caller(hotel.hoa)
    blocks.add("address:203.0.113.77", seconds=60, by="hoa")
    blocks.add("address:203.0.113.77", seconds=600, by="hoa")
    blocks.remove("address:203.0.113.77", by="hoa")
    switching.switch_to("request-caching", 0, by=by.as_actor())
    control.send("cache-clear", {}, by="hoa", to=[])
    found = {entry.action: entry for entry in book.entries() if entry.chain == 0}
    for action in ("source:blocked", "source:unblocked", "flag:switched", "command:given"):
        assert (found[action].actor, bool(found[action].target)) == ("hoa", True), action
    for action in ("source:blocked", "source:unblocked", "flag:switched"):
        assert said(found[action].before), action


def test_what_passes_by_the_events_is_recorded(hotel: Hotel) -> None:
    furnished = book.entries("service:furnished")
    assert {entry.property_id for entry in furnished} == {hotel.property.pk}
    assert "housekeeping" in said(furnished[0].after)["codes"]
    list(recount.repair(hotel.property))
    assert book.only("statistics:recounted").property_id == hotel.property.pk


def test_an_erasure_is_told_with_who_began_it_and_counts(hotel: Hotel) -> None:
    cast.asked(hotel.lan, hotel.property, TEXTS[0], guest_name=TEXTS[1])
    stay = cast.checked_in(hotel.lan, hotel.property, name=TEXTS[1]).stay
    actions.check_out(by=cast.caller(hotel.lan), stay_id=stay.pk)
    chosen = forgetting.find(Sought(guest=TEXTS[1]))
    begun = forget.begin(by=cast.caller(hotel.hoa), chosen=chosen, selector="guest", even_open=True)
    while forget.work_on(begun.pk, by=SYSTEM):
        pass
    entry = book.only("guest:erasure-begun")
    assert (entry.actor, entry.target, entry.property_id) == (
        "hoa",
        f"erasure:{begun.pk}",
        hotel.property.pk,
    )
    assert said(entry.after) == {"selectedBy": "guest", "by": "hoa", "targets": 2}


def test_the_back_offices_own_forms(hotel: Hotel, client: Client) -> None:
    client.force_login(hotel.hoa)
    service = ServiceType.objects.get(property=hotel.property, code="general")
    rules = HouseRules.objects.get(property=hotel.property)
    lan = Membership.objects.get(user=hotel.lan)
    for path, change in (
        (f"requests_app/servicetype/{service.pk}", {"minutes_low": "77"}),
        (f"requests_app/houserules/{rules.pk}", {"guest_data_days": "70"}),
        (f"security/membership/{lan.pk}", {"display_name": "Lan Anh"}),
    ):
        address = f"/admin/{path}/change/"
        page = client.get(address, REMOTE_ADDR="203.0.113.9")
        form = page.context["adminform"].form
        values = {name: form[name].value() for name in form.fields if form[name].value() is not None}
        answer = client.post(address, _flat(values, form) | change, REMOTE_ADDR="203.0.113.9")
        assert answer.status_code == 302, answer.content[:2000]
    for action in ("service:changed", "rules:changed", "user:changed"):
        entry = book.entries(action)[-1]
        assert (entry.actor, entry.door, entry.address) == ("hoa", "admin", "203.0.113.9"), action
        assert said(entry.before).keys() == said(entry.after).keys() != set(), action


def _flat(values: dict[str, Any], form: Any) -> dict[str, Any]:
    """Return the values as a browser would send them back."""
    sent: dict[str, Any] = {}
    for name, value in values.items():
        shown = form.fields[name].prepare_value(value)
        if isinstance(shown, bool):
            sent |= {name: "on"} if shown else {}
        else:
            sent[name] = shown
    return sent


def test_blocks_from_the_shell_name_whoever_is_there() -> None:
    call_command("block", "add", "203.0.113.5", "--minutes", "5", stdout=StringIO())
    assert book.only("source:blocked").actor_kind == "system"


def test_nothing_waits_after_the_last_turn() -> None:
    queue.happened("test:refused")
    turns.do_last()
    assert book.only("test:refused").count == 1
