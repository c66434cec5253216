"""When rights change, sockets learn it within a second, on every node."""

from __future__ import annotations

import time
from collections.abc import Iterator
from datetime import timedelta

import pytest
from django.core.management import call_command
from django.test import Client
from django.utils import timezone

from cluster.streams import unit_of_work
from requests_app import actions
from security import credentials
from security.caller import SYSTEM
from security.models import Credential, CredentialKind, Membership
from security.signals import tell_access_changed
from tests import cast
from tests.cast import Hotel
from tests.live.lines import Line, Node, running


@pytest.fixture(scope="module")
def limits() -> tuple[str, ...]:
    return ("TICK_SECONDS=0.2", "RECHECK_SECONDS=60")


def told(**who: int) -> None:
    with unit_of_work():
        tell_access_changed(by=SYSTEM, **who)


def test_a_revoked_token_ends_its_sockets(lan: Line, node: Node, hotel: Hotel) -> None:
    with node.open(cast.bearer(hotel.minh)) as other:
        other.wait_for("hello")
        started = time.monotonic()
        credentials.revoke([Credential.objects.get(user=hotel.lan).pk])
        assert lan.closed()[0] == 4401
        assert time.monotonic() - started < 1.0
        assert other.sub("staff")["rooms"] == ["staff"]


def test_a_forced_logout_ends_sockets_by_cookie_ticket_and_token(lan: Line, node: Node, hotel: Hotel) -> None:
    browser = Client()
    browser.post("/admin/login/", {"username": "lan", "password": cast.PASSWORD})
    ticket = browser.post("/api/ws-ticket").json()["data"]["ticket"]
    cookie = {"Cookie": f"sessionid={browser.cookies['sessionid'].value}"}
    with (
        node.open(cookie, origin=f"http://127.0.0.1:{node.port}") as by_cookie,
        node.open(None, f"ticket.{ticket}") as by_ticket,
        node.open(cast.bearer(hotel.minh)) as other,
    ):
        for line in (by_cookie, by_ticket, other):
            line.wait_for("hello")
        started = time.monotonic()
        call_command("logout", "lan")
        assert [line.closed()[0] for line in (lan, by_cookie, by_ticket)] == [4401] * 3
        assert time.monotonic() - started < 1.0
        assert other.sub("staff")["rooms"] == ["staff"]


def test_a_check_out_ends_the_guests_sockets(node: Node, hotel: Hotel) -> None:
    opened = cast.checked_in(hotel.lan, hotel.property)
    with node.open(cast.header("Guest", opened.token)) as line:
        line.sub(f"stay:{opened.stay.pk}")
        actions.check_out(by=cast.caller(hotel.lan), stay_id=opened.stay.pk)
        assert line.closed()[0] == 4401


def test_a_lost_property_closes_its_rooms_only(lan: Line, hotel: Hotel) -> None:
    second = cast.open_property("second-hotel")
    here = Membership.objects.create(user=hotel.lan, property=second, role="front-desk")
    lan.sub("property:demo-hotel", "property:second-hotel", "room:101")
    here.delete()
    told(user_id=hotel.lan.pk, property_id=second.pk)
    lost = lan.wait_for("err")
    assert (lost["code"], lost["rooms"]) == ("PERMISSION_DENIED", ["property:second-hotel"])
    otto = cast.superuser()
    cast.asked(otto, second)
    cast.asked(hotel.hoa, hotel.property)
    assert [event["p"] for event in lan.wait_events(1)] == ["demo-hotel"]


def test_rights_are_read_anew_at_each_subscription(lan: Line, hotel: Hotel) -> None:
    """Even when nobody has told us: the membership is simply gone."""
    Membership.objects.filter(user=hotel.lan).delete()
    lan.say("sub", id=1, rooms=["staff"])
    assert lan.closed()[0] == 4401


def test_a_token_s_sockets_end_when_it_does(node: Node, hotel: Hotel) -> None:
    end = timezone.now() + timedelta(seconds=2)
    issued = credentials.issue(CredentialKind.STAFF, user=hotel.minh, expires_at=end)
    with node.open(cast.header("Bearer", issued.token)) as line:
        line.sub("staff")
        assert line.closed()[0] == 4401
        assert timedelta(0) <= timezone.now() - end < timedelta(seconds=1.5)


def test_a_guest_who_leaves_earlier_is_cut_off_then(node: Node, hotel: Hotel) -> None:
    opened = cast.checked_in(hotel.lan, hotel.property)
    with node.open(cast.header("Guest", opened.token)) as line:
        line.sub(f"stay:{opened.stay.pk}")
        soon = timezone.now() + timedelta(seconds=1)
        actions.move_stay(by=cast.caller(hotel.lan), stay_id=opened.stay.pk, check_out=soon)
        assert line.closed()[0] == 4401


class TestNobodyTells:
    @pytest.fixture
    def forgetful(self, transactional_db: None) -> Iterator[Node]:
        with running("TICK_SECONDS=0.2", "RECHECK_SECONDS=1") as node:
            yield node

    def test_an_expired_token_ends_its_sockets(self, forgetful: Node, hotel: Hotel) -> None:
        with forgetful.open(cast.bearer(hotel.lan)) as line:
            line.sub("staff")
            Credential.objects.filter(user=hotel.lan).update(expires_at="2020-01-01T00:00:00Z")
            assert line.closed()[0] == 4401
