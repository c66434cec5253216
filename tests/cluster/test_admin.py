"""The event log in the back office: superusers read it, nobody changes it, its length does not matter."""

from __future__ import annotations

from typing import Any

import pytest
from django.contrib.auth import get_user_model
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from cluster.models import Event, StreamHead

pytestmark = pytest.mark.django_db

LOG = "/admin/cluster/event/"


def person(name: str, *, above_all: bool) -> Client:
    user = get_user_model().objects.create_user(name, is_staff=True, is_superuser=above_all)
    client = Client()
    client.force_login(user)
    return client


@pytest.fixture
def admin() -> Client:
    return person("admin", above_all=True)


@pytest.fixture
def log() -> list[Event]:
    rows = [
        Event(stream=1 + seq % 2, epoch="e1", seq=seq, name="thing:done", at=timezone.now(), node="web-1")
        for seq in range(1, 131)
    ]
    return Event.objects.bulk_create(rows)


def shown(page: Any) -> list[int]:
    return [event.seq for event in page.context["cl"].result_list]


def test_it_works(admin: Client, log: list[Event]) -> None:
    page = admin.get(LOG)
    assert page.status_code == 200
    assert shown(page) == list(range(130, 80, -1))


def test_it_walks_to_the_end_and_back(admin: Client, log: list[Event]) -> None:
    first = admin.get(LOG)
    second = admin.get(LOG + first.context["cl"].older)
    third = admin.get(LOG + second.context["cl"].older)
    assert shown(first) + shown(second) + shown(third) == list(range(130, 0, -1))
    assert not third.context["cl"].older
    back = admin.get(LOG + third.context["cl"].newer)
    assert shown(back) == shown(second)


def test_no_page_counts_or_skips(admin: Client, log: list[Event]) -> None:
    for query in ("", f"?before={log[60].pk}", f"?after={log[60].pk}"):
        with CaptureQueriesContext(
            connection,
        ) as queries:
            admin.get(LOG + query)
        events = [query["sql"] for query in queries if "cluster_event" in query["sql"]]
        assert len(events) == 1
        assert not any(word in events[0] for word in ("COUNT", "OFFSET"))


def test_it_finds_a_position_of_a_stream(admin: Client, log: list[Event]) -> None:
    assert shown(admin.get(LOG, {"q": "2:5"})) == [5, 3, 1]
    assert shown(admin.get(LOG, {"q": "no stream"})) == []


@pytest.mark.parametrize(
    "query", ["?before=x", "?after=-1", "?before=99999999999999999999", "?o=1", "?p=9999"]
)
def test_an_odd_address_shows_the_newest(admin: Client, log: list[Event], query: str) -> None:
    page = admin.get(LOG + query)
    assert shown(page)[0] == 130


def test_one_event_can_be_read_in_full(admin: Client, log: list[Event]) -> None:
    page = admin.get(f"{LOG}{log[0].pk}/change/")
    assert page.status_code == 200
    assert "web-1" in page.content.decode()


def test_nobody_changes_it(admin: Client, log: list[Event]) -> None:
    assert admin.post(f"{LOG}{log[0].pk}/change/", {"name": "other"}).status_code == 403
    assert admin.post(f"{LOG}{log[0].pk}/delete/", {"post": "yes"}).status_code == 403
    assert admin.get(f"{LOG}add/").status_code == 403


def test_only_superusers_see_it(log: list[Event]) -> None:
    assert person("hoa", above_all=False).get(LOG).status_code in (302, 403)


def test_the_heads_are_shown_too(admin: Client) -> None:
    StreamHead.objects.create(stream=7, epoch="e1", seq=42)
    assert "42" in admin.get("/admin/cluster/streamhead/").content.decode()
