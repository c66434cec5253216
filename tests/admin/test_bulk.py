"""Bulk actions of the list: the same verbs, as many as can be, every refusal told."""

from __future__ import annotations

import pytest
from django.contrib.messages import get_messages
from django.test import Client

from requests_app import actions
from requests_app.lifecycle import Status
from requests_app.models import GuestRequest
from tests import cast
from tests.admin.conftest import SignIn, ask
from tests.cast import Hotel, OtherHotel

LIST = "/admin/requests_app/guestrequest/"


def test_it_works(lan: Client, hotel: Hotel) -> None:
    rows = [ask(hotel), ask(hotel)]
    told = _act(lan, "to_in_progress", rows)
    assert told == ["2 requests are as you wished."]
    assert {_now(row).status for row in rows} == {"in-progress"}


def test_it_cancels_with_notes(lan: Client, towels: GuestRequest) -> None:
    _act(lan, "to_cancelled", [towels], notes="The guest left.")
    assert (_now(towels).status, _now(towels).notes) == ("cancelled", "The guest left.")


def test_it_says_why_when_notes_are_missing(lan: Client, towels: GuestRequest) -> None:
    assert _act(lan, "to_cancelled", [towels]) == [
        "1 request was not changed: Cancelling a request needs notes."
    ]
    assert _now(towels).status == "pending"


def test_it_changes_what_it_can_and_tells_the_rest(lan: Client, hotel: Hotel) -> None:
    good, over = ask(hotel), ask(hotel)
    actions.change_status(
        by=cast.caller(hotel.lan), request_id=over.pk, status=Status.CANCELLED, notes="Not needed."
    )
    assert _act(lan, "to_completed", [good, over]) == [
        "1 request is as you wished.",
        "1 request was not changed: A request that is cancelled can not become completed.",
    ]
    assert _now(good).status == "completed"


def test_it_assigns(lan: Client, hotel: Hotel, towels: GuestRequest) -> None:
    _act(lan, "assign", [towels], assignee="minh")
    assert _now(towels).assignee == hotel.minh
    _act(lan, "assign", [towels], assignee="-")
    assert _now(towels).assignee is None


@pytest.mark.parametrize(
    ("chosen", "words"), [("", "Choose whom"), ("otto", "no active member"), ("\0", "Null")]
)
def test_it_does_not_assign_to_nobody_in_particular(
    lan: Client, elsewhere: OtherHotel, towels: GuestRequest, chosen: str, words: str
) -> None:
    told = _act(lan, "assign", [towels], assignee=chosen)
    assert len(told) == 1
    assert words in told[0]
    assert _now(towels).assignee is None


def test_it_does_not_reach_another_propertys_requests(
    elsewhere: OtherHotel, towels: GuestRequest, signed_in: SignIn
) -> None:
    told = _act(signed_in(elsewhere.otto), "to_completed", [towels])
    assert told == ["1 request was not changed: There is no such request."]
    assert _now(towels).status == "pending"


def test_department_staff_can_not(hotel: Hotel, towels: GuestRequest, signed_in: SignIn) -> None:
    sent = {"action": "to_completed", "index": "0", "_selected_action": [towels.pk]}
    signed_in(hotel.minh).post(LIST, sent)
    assert _now(towels).status == "pending"


def test_only_managers_delete(lan: Client, hotel: Hotel, towels: GuestRequest, signed_in: SignIn) -> None:
    _act(lan, "remove", [towels])
    assert _now(towels).deleted_at is None
    _act(signed_in(hotel.hoa), "remove", [towels])
    assert _now(towels).deleted_at is not None


@pytest.mark.parametrize("tick", ["x", "-1", "99999999999999999999999", "\0", "1 OR 1=1", "²"])
def test_it_refuses_ticks_that_are_no_requests(lan: Client, towels: GuestRequest, tick: str) -> None:
    answer = lan.post(LIST, {"action": "to_completed", "index": "0", "_selected_action": [tick]})
    assert _told(answer) == ["One of the ticked rows is no request."]


def test_it_does_not_act_on_rows_that_were_not_ticked(lan: Client, hotel: Hotel) -> None:
    ticked, other = ask(hotel), ask(hotel)
    _act(lan, "to_completed", [ticked], select_across="1")
    assert _now(other).status == "pending"


def test_it_leaves_one_event_for_the_batch(lan: Client, hotel: Hotel) -> None:
    rows = [ask(hotel), ask(hotel)]
    _act(lan, "to_on_hold", rows, notes="Waiting for the linen van.")
    page = lan.get(f"{LIST}{rows[0].pk}/change/").content.decode()
    assert "Status: Pending → On hold" in page
    assert "Waiting for the linen van." in page


def _act(client: Client, action: str, rows: list[GuestRequest], **said: str) -> list[str]:
    sent = {"action": action, "index": "0", "_selected_action": [row.pk for row in rows], **said}
    answer = client.post(LIST, sent)
    assert answer.status_code == 302
    return _told(answer)


def _told(answer: object) -> list[str]:
    return [str(message) for message in get_messages(answer.wsgi_request)]  # type: ignore[attr-defined]


def _now(row: GuestRequest) -> GuestRequest:
    return GuestRequest.objects.select_related("assignee").get(pk=row.pk)
