"""What is open, by whom it is ended, and when it ends by itself."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.core.management import call_command
from django.test import Client
from django.utils import timezone

from cluster.answers.problems import AuthenticationRequired
from security import tickets
from security.authentication import caller_for_session
from security.models import Credential, StaffSession, User
from tests import cast
from tests.cast import Hotel

pytestmark = pytest.mark.django_db
SESSIONS = "/api/auth/sessions"


def came_in(user: User) -> Client:
    client = Client(headers={"User-Agent": "Firefox"})
    client.post("/admin/login/", {"username": user.username, "password": cast.PASSWORD})
    return client


def test_a_person_sees_what_they_have_open(hotel: Hotel) -> None:
    client = came_in(hotel.lan)
    cast.bearer(hotel.lan)
    came_in(hotel.hoa)
    rows = client.get(SESSIONS).json()["data"]
    assert {row["kind"]: row["isThis"] for row in rows} == {"session": True, "token": False}
    session = next(row for row in rows if row["kind"] == "session")
    assert (session["address"], session["agent"]) == ("127.0.0.1", "Firefox")
    assert client.session.session_key not in str(rows)


def test_they_end_one_of_their_own_only(hotel: Hotel) -> None:
    client, other, foreign = came_in(hotel.lan), came_in(hotel.lan), came_in(hotel.hoa)
    of_hoa = StaffSession.objects.get(user=hotel.hoa).reference
    mine = StaffSession.objects.get(session_key=other.session.session_key).reference
    header = cast.bearer(hotel.lan)
    assert Client().delete(f"{SESSIONS}/{of_hoa}", headers=header).status_code == 404
    assert Client().delete(f"{SESSIONS}/{mine}", headers=header).status_code == 200
    assert other.get("/admin/").status_code == 302
    assert (client.get("/admin/").status_code, foreign.get("/admin/").status_code) == (200, 200)


def test_out_everywhere(hotel: Hotel) -> None:
    client, header = came_in(hotel.lan), cast.bearer(hotel.lan)
    assert Client().post("/api/auth/logout-all", headers=header).json()["data"] == {"ended": 2}
    assert Client().get("/api/auth/me", headers=header).status_code == 401
    assert client.get("/admin/").status_code == 302


@pytest.mark.parametrize("door", ["api", "command"])
def test_somebody_is_logged_out_by_force(hotel: Hotel, door: str) -> None:
    client, header = came_in(hotel.lan), cast.bearer(hotel.lan)
    if door == "api":
        answer = Client().post(
            "/api/member/lan/logout", {}, "application/json", headers=cast.bearer(hotel.hoa)
        )
        assert answer.json()["data"] == {"ended": 2}
    else:
        call_command("logout", "lan")
    assert Client().get("/api/auth/me", headers=header).status_code == 401
    assert client.get("/admin/").status_code == 302


def test_a_ticket_of_a_session_ends_with_it(hotel: Hotel) -> None:
    client = came_in(hotel.lan)
    caller = caller_for_session(hotel.lan, client.session)
    ticket = tickets.issue(caller)
    StaffSession.objects.all().delete()
    with pytest.raises(AuthenticationRequired):
        tickets.redeem(ticket.token)


@pytest.mark.parametrize(
    ("field", "ago"), [("seen_at", timedelta(hours=9)), ("expire_date", timedelta(seconds=1))]
)
def test_a_session_ends_by_itself(hotel: Hotel, field: str, ago: timedelta) -> None:
    client = came_in(hotel.lan)
    StaffSession.objects.update(**{field: timezone.now() - ago})
    assert client.get("/admin/").status_code == 302


def test_an_unused_session_ends_when_the_house_says(hotel: Hotel, settings: Any) -> None:
    client = came_in(hotel.lan)
    StaffSession.objects.update(seen_at=timezone.now() - timedelta(minutes=2))
    settings.SESSION_IDLE_TIMEOUT = 60_000
    assert client.get("/admin/").status_code == 302


def test_no_use_puts_its_end_off(hotel: Hotel) -> None:
    client = came_in(hotel.lan)
    session = client.session
    session["came_in"] = {**session["came_in"], "at": timezone.now().timestamp() - 11 * 3600}
    session.save()
    assert StaffSession.objects.get().expire_date < timezone.now() + timedelta(hours=1, minutes=1)


def test_use_is_written_once_in_a_while(hotel: Hotel, django_assert_num_queries: Any) -> None:
    client = came_in(hotel.lan)
    before = StaffSession.objects.get().seen_at
    client.get("/admin/")
    assert StaffSession.objects.get().seen_at == before
    StaffSession.objects.update(seen_at=timezone.now() - timedelta(minutes=10))
    client.get("/admin/")
    assert timezone.now() - StaffSession.objects.get().seen_at < timedelta(minutes=1)


def test_a_new_password_ends_everything_else(hotel: Hotel) -> None:
    client, other, header = came_in(hotel.lan), came_in(hotel.lan), cast.bearer(hotel.lan)
    new = "brand-new-horse-7"
    said = {"old_password": cast.PASSWORD, "new_password1": new, "new_password2": new}
    assert client.post("/admin/password_change/", said).status_code == 302
    assert client.get("/admin/").status_code == 200
    assert other.get("/admin/").status_code == 302
    assert Credential.objects.filter(revoked_at__isnull=True).count() == 0
    assert Client().get("/api/auth/me", headers=header).status_code == 401


@pytest.mark.parametrize("bad", ["short", "1" * 20, "x" * 129 + "7a", "password123"])
def test_a_bad_password_is_refused(hotel: Hotel, bad: str) -> None:
    body = {"username": "nga", "role": "concierge", "password": bad}
    header = cast.bearer(hotel.hoa)
    assert Client().post("/api/member", body, "application/json", headers=header).status_code == 400
