"""Lists that are kept: found again, never stale, never another's; and what the doors say of the cache."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.test import Client
from django.utils import timezone

from cluster import cache, identity
from requests_app import actions
from requests_app.models import GuestRequest
from security import credentials, members, memory
from security.models import Property
from tests import cast
from tests.api.speaking import Speaker, data_of, refusal_of
from tests.cast import Hotel, OtherHotel

pytestmark = [pytest.mark.django_db, pytest.mark.both_databases]

LIST = "/api/request"
LISTS = [LIST, f"{LIST}/urgent", f"{LIST}/pending", f"{LIST}/room/101", f"{LIST}/priority/high"]


@pytest.fixture(autouse=True)
def _alone(settings: Any) -> None:
    """Without Redis, as embedded: what another process would find is another test's affair."""
    settings.REDIS_URL = ""
    cache.clear()
    memory.forget()


def layer(speaker: Speaker, path: str = LIST, query: dict[str, Any] | None = None) -> str:
    response = speaker.get(path, query)
    data_of(response)
    return str(response["X-Cache"])


def texts(speaker: Speaker, path: str = LIST, query: dict[str, Any] | None = None) -> list[str]:
    return [row["requestText"] for row in data_of(speaker.get(path, query))]


@pytest.mark.parametrize("path", LISTS)
def test_it_works(lan: Speaker, hotel: Hotel, path: str) -> None:
    cast.asked(hotel.lan, hotel.property, "Leak")
    first, again = lan.get(path), lan.get(path)
    assert [first["X-Cache"], again["X-Cache"]] == ["MISS", "L1"]
    assert data_of(first) == data_of(again) != []
    assert first.json()["pagination"] == again.json()["pagination"]
    assert (first["ETag"], first["X-Stream-Cursor"]) == (again["ETag"], again["X-Stream-Cursor"])
    assert first.json()["_metadata"]["requestId"] != again.json()["_metadata"]["requestId"]


@pytest.mark.parametrize("path", LISTS)
def test_a_write_is_seen_at_once(lan: Speaker, hotel: Hotel, path: str) -> None:
    for number in range(3):
        cast.asked(hotel.lan, hotel.property, f"Leak {number}")
        assert len(data_of(lan.get(path))) == number + 1
        assert layer(lan, path) == "L1"


def test_colleagues_share_what_is_kept(lan: Speaker, minh: Speaker, hotel: Hotel) -> None:
    assert [layer(lan), layer(minh)] == ["MISS", "L1"]


def test_spellings_of_the_same_question_share(lan: Speaker) -> None:
    assert layer(lan, query={"status": "pending,completed"}) == "MISS"
    assert layer(lan, query={"status": ["completed", "pending"]}) == "L1"
    assert layer(lan, query={"status": "pending"}) == "MISS"


def test_mine_is_not_yours(lan: Speaker, minh: Speaker, hotel: Hotel) -> None:
    cast.asked(hotel.lan, hotel.property, "For Minh", assigned_to="minh")
    for _ in range(2):
        assert texts(minh, query={"assignedTo": "me"}) == ["For Minh"]
        assert texts(lan, query={"assignedTo": "me"}) == []


def test_two_properties_never_mix(lan: Speaker, otto: Speaker, hotel: Hotel, elsewhere: OtherHotel) -> None:
    cast.asked(hotel.lan, hotel.property, "Ours")
    cast.asked(elsewhere.otto, elsewhere.property, "Theirs")
    for _ in range(3):
        assert texts(lan) == ["Ours"]
        assert texts(otto) == ["Theirs"]


def test_who_works_in_two_reads_both_heads(hotel: Hotel, elsewhere: OtherHotel) -> None:
    cast.member("lan", "front-desk", elsewhere.property)  # type: ignore[arg-type]
    lan = Speaker(cast.bearer(hotel.lan))
    assert texts(lan) == []
    cast.asked(elsewhere.otto, elsewhere.property, "Theirs")
    assert texts(lan) == ["Theirs"]
    assert texts(lan, query={"propertyId": "demo-hotel"}) == []
    assert [layer(lan), layer(lan, query={"propertyId": "other-hotel"})] == ["L1", "MISS"]


def test_a_body_that_names_a_property_is_heard(hotel: Hotel, elsewhere: OtherHotel) -> None:
    cast.member("lan", "front-desk", elsewhere.property)  # type: ignore[arg-type]
    lan = Speaker(cast.bearer(hotel.lan))
    cast.asked(elsewhere.otto, elsewhere.property, "Theirs")
    for _ in range(2):
        assert texts(lan) == ["Theirs"]
        body = b'{"propertyId": "demo-hotel"}'
        said = Client().generic("GET", LIST, body, content_type="application/json", headers=lan.headers)
        assert data_of(said) == []


def test_guests_see_their_own_and_less_of_it(lan: Speaker, hotel: Hotel) -> None:
    one = Speaker(cast.header("Guest", cast.checked_in(hotel.lan, hotel.property, "101").token))
    two = Speaker(cast.header("Guest", cast.checked_in(hotel.lan, hotel.property, "102").token))
    assert one.post(LIST, {"requestText": "Of 101"}).status_code == 201
    assert two.post(LIST, {"requestText": "Of 102"}).status_code == 201
    for _ in range(2):
        assert texts(one) == ["Of 101"]
        assert texts(two) == ["Of 102"]
        assert sorted(texts(lan)) == ["Of 101", "Of 102"]
        assert "notes" not in data_of(one.get(LIST))[0]
        assert "notes" in data_of(lan.get(LIST))[0]
    assert layer(one) == "L1"


def test_more_than_twenty_properties_are_not_kept(admin: Speaker) -> None:
    Property.objects.bulk_create([Property(slug=f"hotel-{number}", name="Hotel") for number in range(21)])
    assert [layer(admin), layer(admin)] == ["BYPASS", "BYPASS"]
    assert "ETag" not in admin.get(LIST)


def test_caching_may_be_switched_off(lan: Speaker, settings: Any) -> None:
    settings.CACHING_ENABLED = False
    assert [layer(lan), layer(lan)] == ["BYPASS", "BYPASS"]


class TestTheClock:
    """Whether a request is late is the clock's word: it is not kept beyond the moment it changes."""

    @pytest.mark.parametrize("query", [{}, {"status": "pending"}, {"overdue": "false"}])
    def test_a_list_ends_when_the_next_one_becomes_late(self, hotel: Hotel, query: dict[str, Any]) -> None:
        with time_machine.travel(timezone.now(), tick=False) as clock:
            asked = cast.asked(hotel.lan, hotel.property)
            assert asked.due_at is not None
            assert layer(self.lan(hotel), query=query) == "MISS"
            tag = self.lan(hotel).get(LIST, query)["ETag"]
            clock.move_to(asked.due_at - timedelta(milliseconds=5))
            assert layer(self.lan(hotel), query=query) in ("L1", "MISS")
            assert self.lan(hotel).get(LIST, query, **{"If-None-Match": tag}).status_code == 304
            clock.move_to(asked.due_at + timedelta(milliseconds=5))
            after = self.lan(hotel).get(LIST, query, **{"If-None-Match": tag})
            assert after.status_code == 200
            assert [row["overdue"] for row in data_of(after)] == ([True] if "overdue" not in query else [])

    def test_statistics_too(self, hotel: Hotel) -> None:
        with time_machine.travel(timezone.now(), tick=False) as clock:
            asked = cast.asked(hotel.lan, hotel.property)
            assert asked.due_at is not None
            path = f"{LIST}/statistics"
            tag = self.lan(hotel).get(path)["ETag"]
            assert self.lan(hotel).get(path, **{"If-None-Match": tag}).status_code == 304
            clock.move_to(asked.due_at + timedelta(milliseconds=5))
            after = self.lan(hotel).get(path, **{"If-None-Match": tag})
            assert data_of(after)["overdue"] == 1

    @staticmethod
    def lan(hotel: Hotel) -> Speaker:
        return Speaker(cast.bearer(hotel.lan))


@pytest.mark.parametrize("path", [*LISTS, f"{LIST}/statistics"])
def test_a_copy_that_stands_is_not_sent_again(lan: Speaker, hotel: Hotel, path: str) -> None:
    cast.asked(hotel.lan, hotel.property, "Leak")
    tag = lan.get(path)["ETag"]
    assert tag.startswith('W/"')
    same = lan.get(path, **{"If-None-Match": f'"other", {tag}'})
    assert (same.status_code, same.content, same["ETag"]) == (304, b"", tag)
    assert same["X-Stream-Cursor"]
    cast.asked(hotel.lan, hotel.property, "Fire")
    assert lan.get(path, **{"If-None-Match": tag}).status_code == 200


def test_another_question_has_another_tag(lan: Speaker, hoa: Speaker, hotel: Hotel) -> None:
    guest = Speaker(cast.header("Guest", cast.checked_in(hotel.lan, hotel.property).token))
    tags = [
        *(lan.get(path)["ETag"] for path in LISTS),
        *(lan.get(LIST, query)["ETag"] for query in ({"limit": 5}, {"page": 2}, {"overdue": "true"})),
        guest.get(LIST)["ETag"],
    ]
    assert len(set(tags)) == len(tags)
    assert hoa.get(LIST)["ETag"] == tags[0]


class TestWhoAsks:
    """Who was here a moment ago is believed only while nobody's access has changed."""

    def test_a_revoked_token_is_refused_by_the_next_call(self, hotel: Hotel) -> None:
        issued = credentials.issue("staff", user=hotel.lan)  # type: ignore[arg-type]
        lan = Speaker(cast.header("Bearer", issued.token))
        assert [layer(lan), layer(lan)] == ["MISS", "L1"]
        credentials.revoke([issued.credential.pk])
        refusal_of(lan.get(LIST), 401, "AUTHENTICATION_REQUIRED")

    def test_a_guest_who_has_left_is_refused_by_the_next_call(self, hotel: Hotel) -> None:
        opened = cast.checked_in(hotel.lan, hotel.property)
        guest = Speaker(cast.header("Guest", opened.token))
        assert [layer(guest), layer(guest)] == ["MISS", "L1"]
        actions.check_out(by=cast.caller(hotel.lan), stay_id=opened.stay.pk)
        refusal_of(guest.get(LIST), 401, "AUTHENTICATION_REQUIRED")

    def test_another_role_holds_from_the_next_call_on(
        self, hoa: Speaker, minh: Speaker, hotel: Hotel
    ) -> None:
        assert [layer(minh), layer(minh)] == ["MISS", "L1"]
        members.change(
            by=cast.caller(hotel.hoa), property_id=hotel.property.pk, username="minh", is_active=False
        )
        refusal_of(minh.get(LIST), 401, "AUTHENTICATION_REQUIRED")

    def test_a_token_ends_at_its_time(self, hotel: Hotel) -> None:
        with time_machine.travel(timezone.now(), tick=False) as clock:
            end = timezone.now() + timedelta(seconds=10)
            issued = credentials.issue("staff", user=hotel.lan, expires_at=end)  # type: ignore[arg-type]
            lan = Speaker(cast.header("Bearer", issued.token))
            clock.move_to(end - timedelta(milliseconds=500))
            assert [layer(lan), layer(lan)] == ["MISS", "L1"]
            clock.move_to(end)
            refusal_of(lan.get(LIST), 401, "AUTHENTICATION_REQUIRED")


def test_a_new_name_is_shown_at_once(hoa: Speaker, hotel: Hotel) -> None:
    cast.asked(hotel.lan, hotel.property, assigned_to="minh")
    assert data_of(hoa.get(LIST))[0]["assignee"]["displayName"] == "Minh"
    members.change(
        by=cast.caller(hotel.hoa), property_id=hotel.property.pk, username="minh", display_name="Minh Tran"
    )
    assert data_of(hoa.get(LIST))[0]["assignee"]["displayName"] == "Minh Tran"


def test_the_events_of_nodes_empty_nothing(lan: Speaker, hotel: Hotel) -> None:
    from cluster.control import send

    send("ping", {}, by="test")
    assert layer(lan) == "MISS"
    send("ping", {}, by="test")
    assert layer(lan) == "L1"


class TestDoors:
    def test_stats(self, hoa: Speaker, lan: Speaker) -> None:
        before = data_of(hoa.get(f"{LIST}/cache-stats"))
        layer(lan), layer(lan)
        said = data_of(hoa.get(f"{LIST}/cache-stats"))
        grown = {name: said["requests"][name] - before["requests"][name] for name in said["requests"]}
        assert grown == {"L1": 1, "L2": 0, "MISS": 1, "BYPASS": 0}
        assert 0 < said["hitRate"] < 1
        (here,) = (it for it in said["nodes"] if it["instanceId"] == identity.instance_id())
        assert here["cache"]["entries"] >= 1
        assert here["cache"]["redis"] == "none"
        refusal_of(lan.get(f"{LIST}/cache-stats"), 403, "PERMISSION_DENIED")

    def test_clear(self, admin: Speaker, lan: Speaker, hoa: Speaker) -> None:
        assert [layer(lan), layer(lan)] == ["MISS", "L1"]
        said = data_of(admin.post(f"{LIST}/cache-clear"))
        assert said == {"cleared": True, "confirmed": [identity.instance_id()], "failed": [], "silent": []}
        assert layer(lan) == "MISS"
        refusal_of(hoa.post(f"{LIST}/cache-clear"), 403, "PERMISSION_DENIED")


def test_what_is_kept_is_data_only(lan: Speaker, hotel: Hotel) -> None:
    cast.asked(hotel.lan, hotel.property)
    lan.get(LIST)
    for entry in cache.near._entries.values():
        assert b"_metadata" not in b"".join(entry.kept.parts)
    assert GuestRequest.objects.count() == 1
