"""A write by somebody met a moment ago: the same answers, and never for somebody who lost a right."""

from __future__ import annotations

from typing import Any

import pytest
from django.db import OperationalError, connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from requests_app import actions
from requests_app.api import swift_writes
from requests_app.models import GuestRequest
from security import credentials, members, memory
from security.models import CredentialKind, Membership, Role
from tests import cast
from tests.api.speaking import TOWELS, Speaker, data_of, refusal_of
from tests.cast import Hotel, OtherHotel

# Real transactions: the first and the last trip of one are what is tried here.
pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.both_databases]

PATH = "/api/request"


@pytest.fixture(autouse=True)
def short(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """Forget everybody; return the statuses answered the short way."""
    memory.forget()
    statuses: list[int] = []
    found = swift_writes._shortly

    def watched(*call: Any) -> Any:
        response = found(*call)
        statuses.append(response.status_code if response else 0)
        return response

    monkeypatch.setattr(swift_writes, "_shortly", watched)
    return statuses


def test_it_works(lan: Speaker, short: list[int]) -> None:
    first, again = lan.post(PATH, TOWELS), lan.post(PATH, TOWELS)
    assert short == [201]
    assert data_of(first, 201).keys() == data_of(again, 201).keys()
    assert set(first.headers) == set(again.headers)
    assert first["Allow"] == again["Allow"]
    assert GuestRequest.objects.count() == 2


def test_every_write_of_a_request(hoa: Speaker, short: list[int]) -> None:
    pk = data_of(hoa.post(PATH, TOWELS), 201)["id"]
    assert data_of(hoa.patch(f"{PATH}/{pk}", {"priority": "low"}))["priority"] == "low"
    assert data_of(hoa.put(f"{PATH}/{pk}/status", {"status": "in-progress"}))["status"] == "in-progress"
    assert data_of(hoa.post(f"{PATH}/{pk}/messages", {"content": "Soon"}), 201)["content"] == "Soon"
    assert data_of(hoa.delete(f"{PATH}/{pk}"))["deleted"] is True
    assert short == [200, 200, 201, 200]


@pytest.mark.parametrize(
    ("body", "kind"),
    [
        ("{", "application/json"),
        ('{"roomNumber": "1", "roomNumber": "2"}', "application/json"),
        ("[]", "application/json"),
        ("null", "application/json"),
        ("", "application/json"),
        ("{}", "text/plain"),
        ("requestText=x", "application/x-www-form-urlencoded"),
        ('{"requestText": 1, "roomNumber": "?"}', "application/json; charset=utf-8"),
        ('{"requestText": "x", "roomNumber": "101", "serviceType": "spa"}', "application/json"),
        ('{"requestText": "x", "roomNumber": "101", "propertyId": "other-hotel"}', "application/json"),
        ('{"requestText": "\\u0007", "roomNumber": "101"}', "application/json"),
        (f'{{"requestText": "{"x" * 3_000_000}"}}', "application/json"),
    ],
)
def test_it_refuses_in_the_same_words(lan: Speaker, elsewhere: OtherHotel, body: str, kind: str) -> None:
    def told() -> Any:
        response = Client().post(PATH, body, content_type=kind, headers=lan.headers)
        said = {name: value for name, value in response.json().items() if name != "_metadata"}
        return response.status_code, said, response["Allow"], response["Content-Type"]

    whole = told()
    assert lan.get("/api/auth/me").status_code == 200
    assert told() == whole
    assert whole[0] >= 400
    assert not GuestRequest.objects.exists()


def test_a_refusal_costs_the_short_way_too(minh: Speaker, hotel: Hotel, short: list[int]) -> None:
    asked = cast.asked(hotel.lan, hotel.property)
    minh.get("/api/auth/me")
    refusal_of(minh.delete(f"{PATH}/{asked.pk}"), 403, "PERMISSION_DENIED")
    refusal_of(minh.patch(f"{PATH}/999999/status", {"status": "completed"}), 404, "REQUEST_NOT_FOUND")
    refusal_of(minh.put(f"{PATH}/{asked.pk}/status", {"status": "cancelled"}), 422, "BUSINESS_RULE_VIOLATION")
    assert short == [403, 404, 422]


class TestWhoAsks:
    def test_a_revoked_token_writes_nothing(self, hotel: Hotel, short: list[int]) -> None:
        issued = credentials.issue(CredentialKind.STAFF, user=hotel.lan)
        lan = Speaker(cast.header("Bearer", issued.token))
        key = {"Idempotency-Key": "k"}
        data_of(lan.post(PATH, TOWELS, **key), 201)
        assert lan.post(PATH, TOWELS, **key)["Idempotent-Replayed"] == "true"
        credentials.revoke([issued.credential.pk])
        refusal_of(lan.post(PATH, TOWELS), 401, "AUTHENTICATION_REQUIRED")
        refusal_of(lan.post(PATH, TOWELS, **key), 401, "AUTHENTICATION_REQUIRED")
        refusal_of(lan.post(PATH, {"roomNumber": "?"}), 401, "AUTHENTICATION_REQUIRED")
        assert short == [201, 0, 0, 0]
        assert GuestRequest.objects.count() == 1

    def test_a_guest_who_has_left_writes_nothing(self, hotel: Hotel) -> None:
        opened = cast.checked_in(hotel.lan, hotel.property)
        guest = Speaker(cast.header("Guest", opened.token))
        data_of(guest.post(PATH, TOWELS), 201)
        actions.check_out(by=cast.caller(hotel.lan), stay_id=opened.stay.pk)
        refusal_of(guest.post(PATH, TOWELS), 401, "AUTHENTICATION_REQUIRED")

    def test_another_role_holds_for_the_next_write(self, hotel: Hotel, hoa: Speaker) -> None:
        asked = cast.asked(hotel.lan, hotel.property)
        assert hoa.get("/api/auth/me").status_code == 200
        cast.member("mai", Role.MANAGER, hotel.property)  # a property keeps one
        members.change(
            by=cast.caller(hotel.hoa), property_id=hotel.property.pk, username="hoa", role="housekeeping"
        )
        assert Membership.objects.get(user=hotel.hoa).role == "housekeeping"
        refusal_of(hoa.delete(f"{PATH}/{asked.pk}"), 403, "PERMISSION_DENIED")

    def test_a_right_lost_between_memory_and_transaction(
        self, hotel: Hotel, monkeypatch: pytest.MonkeyPatch, short: list[int]
    ) -> None:
        issued = credentials.issue(CredentialKind.STAFF, user=hotel.lan)
        lan = Speaker(cast.header("Bearer", issued.token))
        data_of(lan.post(PATH, TOWELS), 201)
        recall = memory.recall

        def recalled_too_early(authorization: str) -> Any:
            found = recall(authorization)
            if found:
                credentials.revoke([issued.credential.pk])
            return found

        monkeypatch.setattr(memory, "recall", recalled_too_early)
        refusal_of(lan.post(PATH, TOWELS), 401, "AUTHENTICATION_REQUIRED")
        assert short == [0]
        assert GuestRequest.objects.count() == 1


def test_a_fault_leaves_nothing_behind(
    lan: Speaker, short: list[int], monkeypatch: pytest.MonkeyPatch
) -> None:
    data_of(lan.post(PATH, TOWELS), 201)

    def away(*_: object, **__: object) -> None:
        raise OperationalError("gone")

    monkeypatch.setattr("cluster.streams.work.commit_with", away)
    refusal_of(lan.post(PATH, TOWELS), 503, "DATABASE_UNAVAILABLE")
    monkeypatch.undo()
    assert GuestRequest.objects.count() == 1
    data_of(lan.post(PATH, TOWELS), 201)


def test_it_reads_who_asks_and_begins_in_one_trip(lan: Speaker) -> None:
    lan.post(PATH, TOWELS)
    with CaptureQueriesContext(connection) as told:
        data_of(lan.post(PATH, TOWELS), 201)
    said = [entry["sql"] for entry in told.captured_queries]
    assert not any("security_credential" in sql for sql in said)
    if connection.vendor == "postgresql":
        texts = [sql for sql in said if sql not in ("BEGIN", "COMMIT")]
        assert texts[0].startswith("BEGIN; SELECT stream")
        assert texts[-1].endswith("COMMIT")
        assert len(texts) == 4
