"""Forgetting a guest: nowhere is nowhere."""

from __future__ import annotations

import io
import json
from typing import Any

import orjson
import pytest
from django.core.management import CommandError, call_command

from cluster.models import Event, IdempotencyRecord, StreamHead
from requests_app import actions, recount
from requests_app.actions import forget
from requests_app.models import Erasure, GuestRequest, Message, Stay
from requests_app.queries import forgetting
from requests_app.queries.forgetting import Sought
from security.audit import verifying
from security.caller import SYSTEM
from security.models import Credential, CredentialKind
from tests import cast
from tests.api.speaking import data_of, refusal_of
from tests.cast import Hotel
from tests.privacy import places
from tests.privacy.conftest import NAME, PHONE, Left
from tests.security.audit import book

pytestmark = [
    pytest.mark.django_db(transaction=True),
    pytest.mark.both_databases,
    pytest.mark.usefixtures("own_cache"),
]


def run(*said: str) -> dict[str, Any]:
    """Run the command and return its report."""
    out = io.StringIO()
    call_command("forget", *said, "--yes", "--json", stdout=out, stderr=io.StringIO())
    told: dict[str, Any] = json.loads(out.getvalue())
    return told


def test_nothing_is_left_anywhere(left: Left, capfd: pytest.CaptureFixture[str]) -> None:
    ids = (left.request.pk, left.neighbour.pk)
    assert places.in_tables()
    assert places.in_stored_answers()
    assert places.in_answers(left.hoa, *ids)
    assert places.in_redis()
    told = run("--stay", str(left.stay.pk))
    assert places.in_tables() == []
    assert places.in_stored_answers() == []
    assert places.in_redis() == []
    assert places.in_answers(left.hoa, *ids) == []
    assert places.marked("report", told) == []
    assert places.marked("log", capfd.readouterr()) == []
    assert {"requests": 2, "messages": 1, "stays": 1, "tokens": 1}.items() <= told["erased"].items()
    assert told["erased"]["storedAnswers"] == 4
    assert told["references"][1:] == [left.request.order_id, left.deleted.order_id]


def test_what_a_client_named_its_calls_goes_too(left: Left) -> None:
    of_guest = Event.objects.filter(subject=left.request.pk).exclude(request_id="")
    assert of_guest.exists()
    run("--stay", str(left.stay.pk))
    assert not of_guest.exists()


def test_the_book_stays_whole_and_tells_who_did_it(left: Left) -> None:
    told = run("--stay", str(left.stay.pk))
    assert [book.finding(chain) for chain in verifying.chains()] == [None] * len(verifying.chains())
    assert [place for place in places.in_tables() if "audit" in place] == []
    begun, done = book.only("guest:erasure-begun"), book.only("guest:forgotten")
    assert begun.target == done.target
    assert begun.door == done.door == "command"
    said = json.loads(done.after)
    assert said["erased"] == told["erased"]
    assert done.actor == said["by"] == told["by"]


def test_the_log_is_still_whole(left: Left, hotel: Hotel) -> None:
    rows = Event.objects.filter(stream=hotel.property.pk).order_by("seq")
    before = list(rows.values_list("seq", "name", "at"))
    run("--guest", NAME)
    events = list(rows.all())
    head = StreamHead.objects.get(stream=hotel.property.pk)
    assert [event.seq for event in events] == list(range(1, head.seq + 1))
    assert [(event.seq, event.name, event.at) for event in events][: len(before)] == before
    for event in events:
        told = orjson.loads(event.frame or "")
        assert (told["seq"], told["event"], told["rooms"]) == (event.seq, event.name, event.rooms)
    last = orjson.loads(events[-1].frame or "")
    assert (last["event"], last["data"]["request"]["requestText"]) == ("request:updated", "[erased]")


def test_a_screen_that_listened_shows_what_a_fresh_one_does(left: Left) -> None:
    stood = Event.objects.filter(stream=left.stay.property_id).count()
    run("--stay", str(left.stay.pk))
    fresh = data_of(left.hoa.get(f"/api/request/{left.request.pk}"))
    news = data_of(left.hoa.get("/api/events", {"propertyId": "demo-hotel", "since": str(stood)}))
    told = {each["data"]["id"]: each["data"]["request"] for each in news["events"]}
    assert told == {left.request.pk: fresh}
    assert fresh["version"] == left.request.version + 1
    assert (fresh["guestName"], fresh["notes"], fresh["items"]) == (None, "[erased]", [])


def test_times_counts_and_the_neighbour_stay(left: Left, hotel: Hotel) -> None:
    run("--phone", "+84 977-001 122", "--vacuum")
    after = GuestRequest.objects.get(pk=left.request.pk)
    assert (after.created_at, after.cancelled_at) == (left.request.created_at, left.request.cancelled_at)
    assert (after.status, after.room_number, after.priority) == ("cancelled", "101", left.request.priority)
    assert recount.look(hotel.property).is_clean
    neighbour = GuestRequest.objects.get(pk=left.neighbour.pk)
    assert (neighbour.request_text, neighbour.guest_name) == ("Two towels", "Emma Clarke")
    assert "Emma Clarke" in str(list(Event.objects.filter(name="request:created").values("frame")))


def test_a_key_that_was_used_stays_used(left: Left) -> None:
    run("--stay", str(left.stay.pk))
    body = {"roomNumber": "101", "guestName": NAME, "propertyId": "demo-hotel"}
    refusal_of(left.hoa.post("/api/stay", body, Idempotency_Key="stay"), 422, "IDEMPOTENCY_CONFLICT")
    assert Stay.objects.count() == 1
    assert IdempotencyRecord.objects.get(key="stay").body == ""


def test_a_cached_answer_is_not_given_again(left: Left) -> None:
    query = {"guestName": "quetzal"}
    assert len(data_of(left.hoa.get("/api/request", query))) == 1
    run("--stay", str(left.stay.pk))
    assert data_of(left.hoa.get("/api/request", query)) == []
    assert data_of(left.hoa.get("/api/request", {"search": "xylophone"})) == []


@pytest.mark.parametrize("by", ["stay", "room", "guest", "phone", "property"])
def test_each_way_finds_the_guest(left: Left, hotel: Hotel, by: str) -> None:
    sought = {
        "stay": Sought(stay_ids=frozenset([left.stay.pk])),
        "room": Sought(room="101", property_id=hotel.property.pk),
        "guest": Sought(guest="QUETZAL ÜNIQUE"),
        "phone": Sought(phone=PHONE),
        "property": Sought(property_id=hotel.property.pk),
    }[by]
    found = forgetting.find(sought)
    assert found.stays == [left.stay.pk]
    assert {left.request.pk, left.deleted.pk} <= set(found.requests)
    assert (left.neighbour.pk in found.requests) == (by in {"room", "property"})


def test_one_request_is_one_request(left: Left) -> None:
    found = forgetting.find(Sought(order_ids=frozenset([left.request.order_id])))
    assert (found.stays, found.requests) == ([], [left.request.pk])
    assert forgetting.find(Sought(guest="Quetzal")).is_empty
    elsewhere = Sought(guest=NAME, property_id=left.stay.property_id + 1)
    assert forgetting.find(elsewhere).is_empty


def test_a_guest_in_the_house_is_not_forgotten_by_accident(hotel: Hotel) -> None:
    stay = cast.checked_in(hotel.lan, hotel.property, name=NAME).stay
    with pytest.raises(CommandError, match="Check out and close them first"):
        run("--guest", NAME)
    run("--guest", NAME, "--even-open")
    stay.refresh_from_db()
    assert stay.guest_name == ""
    assert Credential.objects.filter(kind=CredentialKind.GUEST, subject=stay.pk, revoked_at=None).exists()


def test_a_dry_run_erases_nothing(left: Left) -> None:
    with pytest.raises(SystemExit) as ended:
        run("--guest", NAME, "--dry-run")
    assert ended.value.code == 0
    with pytest.raises(SystemExit) as ended:
        run("--guest", "Nobody")
    assert ended.value.code == 3
    assert not Erasure.objects.exists()


def test_what_was_cut_off_is_gone_on_with(left: Left) -> None:
    chosen = forgetting.find(Sought(guest=NAME))
    begun = forget.begin(by=SYSTEM, chosen=chosen, selector="guest", term=NAME)
    forget.work_on(begun.pk, by=SYSTEM, limit=1)
    assert places.in_tables()
    told = run("--resume")
    assert (told["id"], told["left"], told["erased"]["requests"]) == (begun.pk, 0, 2)
    assert places.in_tables() == []
    assert begun.term_digest
    assert NAME not in begun.term_digest


def test_a_restored_backup_is_forgotten_again(left: Left, tmp_path: Any) -> None:
    run("--guest", NAME)
    out = io.StringIO()
    call_command("forget", "--references", stdout=out)
    kept = tmp_path / "forgotten.json"
    kept.write_text(out.getvalue())
    GuestRequest.objects.filter(pk=left.request.pk).update(guest_name=NAME, erased_at=None)
    Stay.objects.filter(pk=left.stay.pk).update(guest_name=NAME)
    assert run("--replay", str(kept))["selectedBy"] == "replay"
    assert places.in_tables() == []
    # The id of a stay may be given to another guest after a restore.
    other = f"stay:{left.stay.pk}@1.000000"
    assert forgetting.find(Sought(references=frozenset([other]))).is_empty


def test_what_is_written_later_can_be_forgotten_again(left: Left, hotel: Hotel) -> None:
    run("--stay", str(left.stay.pk))
    actions_by = cast.caller(hotel.hoa)
    actions.post_message(by=actions_by, request_id=left.request.pk, content="xylophone again")
    assert GuestRequest.objects.get(pk=left.request.pk).erased_at is None
    run("--request", left.request.order_id)
    assert places.in_tables() == []
    assert set(Message.objects.values_list("content", flat=True)) == {"[erased]"}
