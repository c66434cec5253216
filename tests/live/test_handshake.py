"""Who may open a socket, and how others are turned away."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.contrib.auth import login
from django.http import HttpRequest
from django.utils import timezone
from websockets.exceptions import InvalidStatus

from requests_app.live import limits as usual
from security import tickets
from security.models import SocketTicket, User
from security.session_store import SessionStore
from tests import cast
from tests.cast import Hotel
from tests.live.lines import SUBPROTOCOL, Line, Node


def session_cookie(user: User) -> dict[str, str]:
    request = HttpRequest()
    request.session = SessionStore()
    login(request, user, backend="django.contrib.auth.backends.ModelBackend")
    request.session.save()
    return {"Cookie": f"a=b; sessionid={request.session.session_key}"}


def own_origin(node: Node) -> str:
    return f"http://127.0.0.1:{node.port}"


def greeted(line: Line) -> bool:
    with line:
        return line.next()["t"] == "hello"


class TestCredentials:
    def test_a_bearer_token(self, node: Node, hotel: Hotel) -> None:
        assert greeted(node.open(cast.bearer(hotel.lan)))

    def test_an_api_key_that_may_read(self, node: Node, hotel: Hotel) -> None:
        assert greeted(node.open(cast.api_key(hotel.property, "request:read")))

    def test_an_api_key_that_may_not(self, node: Node, hotel: Hotel) -> None:
        with node.open(cast.api_key(hotel.property, "request:create")) as line:
            assert line.closed()[0] == 4403

    def test_a_guest_token(self, node: Node, hotel: Hotel) -> None:
        opened = cast.checked_in(hotel.lan, hotel.property)
        assert greeted(node.open(cast.header("Guest", opened.token)))

    def test_a_session(self, node: Node, hotel: Hotel) -> None:
        assert greeted(node.open(session_cookie(hotel.lan), origin=own_origin(node)))

    def test_a_ticket_once(self, node: Node, hotel: Hotel) -> None:
        ticket = tickets.issue(cast.caller(hotel.lan)).token
        with node.open(None, f"ticket.{ticket}") as line:
            assert line.socket.subprotocol == SUBPROTOCOL
            assert line.next()["t"] == "hello"
        with node.open(None, f"ticket.{ticket}") as line:
            assert line.closed()[0] == 4401

    def test_not_an_old_ticket(self, node: Node, hotel: Hotel) -> None:
        ticket = tickets.issue(cast.caller(hotel.lan)).token
        SocketTicket.objects.update(expires_at=timezone.now() - timedelta(seconds=1))
        with node.open(None, f"ticket.{ticket}") as line:
            assert line.closed()[0] == 4401

    @pytest.mark.parametrize(
        "headers",
        [
            None,
            {"Authorization": "Bearer nonsense"},
            {"Authorization": "Basic bGFuOnB3"},
            {"Authorization": "Bearer \xff"},
            {"Cookie": "sessionid=nonsense"},
            {"Cookie": "sessionid="},
        ],
    )
    def test_no_or_bad_ones_are_told_4401(
        self, node: Node, hotel: Hotel, headers: dict[str, str] | None
    ) -> None:
        with node.open(headers) as line:
            code, bye = line.closed()
        assert code == 4401
        assert bye == {"t": "bye", "code": 4401, "reason": "credentials", "reconnect": False}

    def test_never_in_the_query(self, node: Node, hotel: Hotel) -> None:
        token = cast.bearer(hotel.lan)["Authorization"].removeprefix("Bearer ")
        path = f"/ws/events?token={token}&ticket={tickets.issue(cast.caller(hotel.lan)).token}"
        with Line(node.connect(path, subprotocols=[SUBPROTOCOL])) as line:
            assert line.closed()[0] == 4401


class TestOrigin:
    @pytest.mark.parametrize(
        "origin", ["https://evil.example", "null", "http://127.0.0.1:1", "http://127.0.0.1"]
    )
    def test_a_cookie_from_a_foreign_page_is_a_403(self, node: Node, hotel: Hotel, origin: str) -> None:
        with pytest.raises(InvalidStatus) as refused, node.open(session_cookie(hotel.lan), origin=origin):
            pass
        assert refused.value.response.status_code == 403

    def test_a_ticket_from_a_foreign_page_too(self, node: Node, hotel: Hotel) -> None:
        ticket = tickets.issue(cast.caller(hotel.lan)).token
        foreign: Any = "https://evil.example"
        with pytest.raises(InvalidStatus), node.open(None, f"ticket.{ticket}", origin=foreign):
            pass

    def test_a_header_says_that_no_page_is_behind_it(self, node: Node, hotel: Hotel) -> None:
        foreign: Any = "https://evil.example"
        assert greeted(node.open(cast.bearer(hotel.lan), origin=foreign))

    def test_a_ticket_from_our_own_page(self, node: Node, hotel: Hotel) -> None:
        ticket = tickets.issue(cast.caller(hotel.lan)).token
        assert greeted(node.open(None, f"ticket.{ticket}", origin=own_origin(node)))


class TestAddress:
    @pytest.mark.parametrize("offered", [None, ["other"], ["bellhop.v2", "ticket.x"]])
    def test_another_protocol_is_told_4400(self, node: Node, hotel: Hotel, offered: list[Any] | None) -> None:
        options = {"additional_headers": cast.bearer(hotel.lan), "subprotocols": offered}
        with Line(node.connect("/ws/events", **options)) as line:
            assert line.closed()[0] == 4400

    def test_a_slash_more_is_the_same(self, node: Node, hotel: Hotel) -> None:
        options = {"additional_headers": cast.bearer(hotel.lan), "subprotocols": [SUBPROTOCOL]}
        assert greeted(Line(node.connect("/ws/events/", **options)))

    def test_another_one_is_told_4404(self, node: Node) -> None:
        with Line(node.connect("/ws/elsewhere", subprotocols=[SUBPROTOCOL])) as line:
            assert line.closed()[0] == 4404


def test_a_caller_may_have_ten(node: Node, hotel: Hotel) -> None:
    headers = cast.bearer(hotel.lan)
    lines = [node.open(headers) for _ in range(usual.SOCKETS_PER_CALLER)]
    for line in lines:
        line.wait_for("hello")
    with node.open(headers) as one_too_many:
        code, bye = one_too_many.closed()
    assert code == 4429
    assert bye is not None
    assert bye["reconnect"] is True
    assert greeted(node.open(cast.bearer(hotel.minh)))
    for line in lines:
        line.close()


def test_one_that_can_not_be_read_is_refused_at_once(node: Node) -> None:
    with pytest.raises(InvalidStatus) as refused, node.open({"X-Long": "x" * 9000}):
        pass
    assert refused.value.response.status_code == 400
