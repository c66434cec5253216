"""One-time passes for a websocket."""

from __future__ import annotations

import threading
from datetime import timedelta

import pytest
import time_machine
from django.db import connection
from django.utils import timezone

from cluster.answers.problems import AuthenticationRequired, PermissionDenied
from security import credentials, tickets
from security.authentication import authenticate
from security.caller import ANONYMOUS, Caller
from security.models import SocketTicket
from tests import cast


@pytest.fixture
def hotel(db: None) -> cast.Hotel:
    return cast.demo_hotel()


def known(header: dict[str, str]) -> Caller:
    return authenticate(header["Authorization"])


def test_it_works_once(hotel: cast.Hotel) -> None:
    lan = known(cast.bearer(hotel.lan))
    ticket = tickets.issue(lan)
    assert tickets.redeem(ticket.token) == lan
    with pytest.raises(AuthenticationRequired):
        tickets.redeem(ticket.token)


def test_it_works_for_a_guest_and_for_a_session(hotel: cast.Hotel) -> None:
    guest = known(cast.guest_token(hotel.property, stay_id=3))
    assert tickets.redeem(tickets.issue(guest).token).stay_id == 3
    assert tickets.redeem(tickets.issue(cast.caller(hotel.minh)).token).username == "minh"


def test_it_does_not_open_after_half_a_minute(hotel: cast.Hotel) -> None:
    ticket = tickets.issue(cast.caller(hotel.lan))
    with time_machine.travel(timezone.now() + timedelta(seconds=31)):
        with pytest.raises(AuthenticationRequired):
            tickets.redeem(ticket.token)
        assert tickets.forget_expired() == 1


def test_it_does_not_outlive_its_credential(hotel: cast.Hotel) -> None:
    lan = known(cast.bearer(hotel.lan))
    ticket = tickets.issue(lan)
    credentials.revoke([lan.credential_id or 0])
    with pytest.raises(AuthenticationRequired):
        tickets.redeem(ticket.token)


def test_it_rejects_those_who_may_not(hotel: cast.Hotel) -> None:
    with pytest.raises(AuthenticationRequired):
        tickets.issue(ANONYMOUS)
    with pytest.raises(PermissionDenied):
        tickets.issue(known(cast.api_key(hotel.property, "stay")))


@pytest.mark.parametrize("token", ["", "x", "é" * 43, "x" * 100_000, "\x00"])
def test_it_rejects_what_is_no_ticket(db: None, token: str) -> None:
    with pytest.raises(AuthenticationRequired):
        tickets.redeem(token)


@pytest.mark.django_db(transaction=True)
def test_two_nodes_can_not_both_take_it() -> None:
    ticket = tickets.issue(cast.caller(cast.demo_hotel().lan))
    start, taken = threading.Barrier(4), []

    def take() -> None:
        start.wait()
        try:
            taken.append(tickets.redeem(ticket.token))
        except AuthenticationRequired:
            pass
        finally:
            connection.close()

    threads = [threading.Thread(target=take) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(taken) == 1
    assert not SocketTicket.objects.exists()
