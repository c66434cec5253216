"""What each flag of the hotel takes away, in the process that answers."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone
from rest_framework.test import APIClient

from cluster import flags
from cluster.flags import reading
from requests_app import actions
from requests_app import flags as ours
from requests_app.models import GuestRequest
from tests import cast
from tests.cast import Hotel
from tests.flags.conftest import Switch

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.both_databases]
LIST = "/api/request"


@pytest.fixture
def hotel(transactional_db: None) -> Hotel:
    return cast.demo_hotel()


@pytest.fixture
def hoa(hotel: Hotel) -> APIClient:
    return APIClient(headers=cast.bearer(hotel.hoa))


def posted(client: APIClient, **said: Any) -> Any:
    return client.post(LIST, said, format="json")


def test_without_the_second_controller_its_doors_are_gone(
    hotel: Hotel, hoa: APIClient, switch: Switch
) -> None:
    one = cast.asked(hotel.lan, hotel.property)
    switch(ours.CONTROLLER, 0)
    partial = {"requestIds": [one.pk], "notes": "seen", "mode": "partial"}
    for door in (f"{LIST}/{one.pk}/history", f"{LIST}/{one.pk}/messages", f"{LIST}/export"):
        assert (hoa.get(door).status_code, hoa.get(door).json()["code"]) == (404, "NOT_FOUND")
        assert APIClient().get(door).status_code == 401
    assert hoa.post(f"{LIST}/{one.pk}/messages", {"content": "Hello"}, format="json").status_code == 404
    assert hoa.post(f"{LIST}/bulk-update", partial, format="json").status_code == 404
    assert hoa.post(f"{LIST}/bulk-update", {**partial, "mode": "atomic"}, format="json").status_code == 200
    assert hoa.get(f"{LIST}/{one.pk}").status_code == 200
    switch(ours.CONTROLLER, 100)
    assert hoa.get(f"{LIST}/{one.pk}/history").status_code == 200


def test_without_validation_the_old_words_stand_in(hotel: Hotel, hoa: APIClient, switch: Switch) -> None:
    assert posted(hoa, guestName="Zoë").status_code == 400
    switch(ours.VALIDATION, 0)
    made = posted(hoa, guestName="Zoë", request_content=" ", room_number=None)
    assert made.status_code == 201
    data = made.json()["data"]
    assert (data["requestText"], data["roomNumber"]) == ("Voice Assistant Request", "TBD")
    assert posted(hoa, requestText="Towels", room_number="7").json()["data"]["roomNumber"] == "7"
    assert posted(hoa, roomNumber="no such room!").status_code == 400


def test_a_write_by_somebody_remembered_follows_too(hotel: Hotel, hoa: APIClient, switch: Switch) -> None:
    lan = APIClient(headers=cast.bearer(hotel.lan))
    one = cast.asked(hotel.lan, hotel.property)
    for client in (hoa, lan):
        assert posted(client, requestText="Towels", roomNumber="7").status_code == 201
    switch(ours.VALIDATION, 0, "role:manager")
    switch(ours.CONTROLLER, 0, "user:hoa")
    assert posted(hoa).status_code == 201
    assert posted(lan).status_code == 400
    said = {"content": "Hello"}
    assert hoa.post(f"{LIST}/{one.pk}/messages", said, format="json").status_code == 404
    assert lan.post(f"{LIST}/{one.pk}/messages", said, format="json").status_code == 201


def test_a_process_that_has_not_looked_follows_in_the_call(
    hotel: Hotel, hoa: APIClient, switch: Switch, monkeypatch: pytest.MonkeyPatch
) -> None:
    for _ in range(2):
        assert posted(hoa, requestText="Towels", roomNumber="7").status_code == 201
        hoa.get(LIST)
    elsewhere = reading.Snapshot()
    elsewhere.refresh()
    for flag in (ours.VALIDATION, ours.ENVELOPE):
        switch(flag, 0)
    monkeypatch.setattr(reading, "_snapshot", elsewhere)
    assert posted(hoa).status_code == 201
    elsewhere.refresh()
    switch(ours.ENVELOPE, 100)
    stale = reading.Snapshot({ours.ENVELOPE.name: flags.Rule(0)})
    monkeypatch.setattr(reading, "_snapshot", stale)
    assert "_metadata" in hoa.get(LIST).json()


def test_a_guest_is_in_their_room_all_the_same(hotel: Hotel, switch: Switch) -> None:
    opened = cast.checked_in(hotel.lan, hotel.property)
    guest = APIClient(headers=cast.header("Guest", opened.token))
    switch(ours.VALIDATION, 0)
    assert posted(guest).json()["data"]["roomNumber"] == "101"


def test_without_the_services_nothing_is_decided(hotel: Hotel, hoa: APIClient, switch: Switch) -> None:
    cast.on_duty(hotel.lan, hotel.property)
    switch(ours.SERVICES, 0)
    made = posted(hoa, requestText="Fire! The pipe is broken", roomNumber="101").json()["data"]
    assert (made["priority"], made["urgency"], made["dueAt"]) == ("medium", "normal", None)
    high = posted(hoa, requestText="Towels", roomNumber="101", priority="high").json()["data"]
    assert (high["assignedTo"], high["dueAt"]) == (None, None)
    switch(ours.SERVICES, 100)
    again = posted(hoa, requestText="Fire!", roomNumber="101").json()["data"]
    assert (again["priority"], again["assignedTo"]) == ("high", "lan")


def test_without_the_services_a_promise_stays_and_nobody_is_chased(
    hotel: Hotel, hoa: APIClient, switch: Switch
) -> None:
    one = cast.asked(hotel.lan, hotel.property)
    GuestRequest.objects.filter(pk=one.pk).update(created_at=timezone.now() - timedelta(days=2))
    due = timezone.now() - timedelta(days=1)
    GuestRequest.objects.filter(pk=one.pk).update(due_at=due)
    switch(ours.SERVICES, 0, "property:demo-hotel")
    edited = hoa.patch(f"{LIST}/{one.pk}", {"priority": "high", "version": 1}, format="json")
    assert edited.status_code == 200
    assert GuestRequest.objects.get(pk=one.pk).due_at == due
    assert actions.escalate(now=timezone.now(), limit=10) == 0
    switch(ours.SERVICES, 100)
    assert actions.escalate(now=timezone.now(), limit=10) == 1


def test_services_and_shape_need_the_second_controller(hotel: Hotel, hoa: APIClient, switch: Switch) -> None:
    switch(ours.CONTROLLER, 0)
    made = posted(hoa, requestText="Fire!", roomNumber="101").json()
    assert "_metadata" not in made
    assert made["data"]["priority"] == "medium"


def test_the_old_shape(hotel: Hotel, hoa: APIClient, switch: Switch) -> None:
    one = cast.asked(hotel.lan, hotel.property, items=({"dishName": "Phở"},))
    path = f"{LIST}/{one.pk}"
    before, detail = hoa.get(LIST), hoa.get(path)
    assert hoa.get(LIST).headers["X-Cache"] == "L1"
    switch(ours.ENVELOPE, 0)
    said = hoa.get(LIST)
    shown = said.json()
    assert "_metadata" not in shown
    assert shown["pagination"]["totalPages"] == 1
    assert (shown["data"][0]["room_number"], shown["data"][0]["request_content"]) == ("101", "Two towels")
    assert shown["data"][0]["items"] == [{"dishName": "Phở"}]
    assert not any(name != name.lower() for name in shown["data"][0])
    assert said.headers["ETag"] != before.headers["ETag"]
    old = hoa.get(path, headers={"If-None-Match": detail.headers["ETag"]})
    assert (old.status_code, old.headers["ETag"]) == (200, '"1-legacy"')
    assert hoa.get(path, headers={"If-None-Match": '"1-legacy"'}).status_code == 304
    moved = hoa.patch(
        f"{path}/status", {"status": "in-progress"}, format="json", headers={"If-Match": '"1-legacy"'}
    )
    assert moved.json()["data"]["started_at"]
    assert "error" in hoa.get(f"{LIST}/999999").json()
    switch(ours.ENVELOPE, 100)
    assert hoa.get(LIST).json()["data"][0]["requestText"] == "Two towels"


def test_the_old_shape_for_one_role_only(hotel: Hotel, hoa: APIClient, switch: Switch) -> None:
    lan = APIClient(headers=cast.bearer(hotel.lan))
    cast.asked(hotel.lan, hotel.property)
    switch(ours.ENVELOPE, 0, "role:front-desk")
    for _ in range(3):
        assert "room_number" in lan.get(LIST).json()["data"][0]
        assert "roomNumber" in hoa.get(LIST).json()["data"][0]


def test_without_pages_the_newest_hundred(hotel: Hotel, hoa: APIClient, switch: Switch) -> None:
    first = cast.asked(hotel.lan, hotel.property)
    rows = [cast.asked(hotel.lan, hotel.property, room_number=f"{n}") for n in range(102)]
    tag = hoa.get(LIST).headers["ETag"]
    switch(ours.PAGINATION, 0)
    for _ in range(3):
        said = hoa.get(f"{LIST}?page=2&limit=5&sortOrder=asc")
        assert "pagination" not in said.json()
        assert [one["id"] for one in said.json()["data"]] == [one.pk for one in reversed(rows[-100:])]
    assert hoa.get(LIST, headers={"If-None-Match": tag}).status_code == 200
    assert first.pk not in [one["id"] for one in hoa.get(LIST).json()["data"]]
    switch(ours.PAGINATION, 100)
    assert len(hoa.get(f"{LIST}?page=2&limit=5").json()["data"]) == 5


def test_without_advanced_filters_two_are_left(hotel: Hotel, hoa: APIClient, switch: Switch) -> None:
    cast.asked(hotel.lan, hotel.property, priority=3)
    cast.asked(hotel.lan, hotel.property, room_number="102")

    def found(query: str) -> int:
        return len(hoa.get(f"{LIST}?{query}").json()["data"])

    assert [found("roomNumber=102"), found("priority=high")] == [1, 1]
    switch(ours.FILTERING, 0, "user:hoa")
    assert [found("roomNumber=102"), found("serviceType=nonsense"), found("search=nothing")] == [2, 2, 2]
    assert [found("priority=high&roomNumber=102"), found("status=completed")] == [1, 0]
    assert hoa.get(f"{LIST}?status=nonsense").status_code == 400
    switch(ours.FILTERING, 100)
    assert [found("roomNumber=102"), found("roomNumber=102")] == [1, 1]


def test_caching_for_one_property(hotel: Hotel, hoa: APIClient, switch: Switch) -> None:
    otto = APIClient(headers=cast.bearer(cast.other_hotel().otto))
    switch(ours.CACHING, 0, "property:demo-hotel")
    for _ in range(2):
        assert hoa.get(LIST).headers["X-Cache"] == "BYPASS"
    assert [otto.get(LIST).headers["X-Cache"] for _ in range(2)] == ["MISS", "L1"]
