"""What people do to accounts, their own and others': each act with who and whom."""

from __future__ import annotations

import json
from io import StringIO
from typing import Any

import pytest
from django.core.management import call_command
from django.test import Client
from pytest_django import Settings

from security import members, sessions
from security.audit import queue
from security.models import AuditEntry, User
from tests import cast
from tests.cast import Hotel
from tests.security.audit import book
from tests.security.test_second_factor import PAGE, SETUP, api, code, enrolled, office

pytestmark = [pytest.mark.django_db, pytest.mark.both_databases]
PASSWORD_CHANGE = "/admin/password_change/"


def flushed(action: str) -> list[AuditEntry]:
    queue.flush()
    return book.entries(action)


def said(entry: AuditEntry) -> Any:
    return json.loads(entry.after)


def whom(entry: AuditEntry) -> tuple[str, str]:
    return entry.actor, entry.target


def test_a_wrong_code_is_a_failed_login_at_both_doors(hotel: Hotel) -> None:
    enrolled(hotel.hoa)
    api(otp="000000")
    office(hotel.hoa).post(PAGE, {"code": "000000"})
    first, second = flushed("login:failed")
    assert whom(first) == whom(second) == ("hoa", f"user:{hotel.hoa.pk}")
    assert (first.door, second.door) == ("api", "admin")
    assert said(first) == said(second) == {"step": "second-factor"}


def test_nothing_open_to_them_is_a_failed_login_too() -> None:
    cast.person("stranger")
    api(username="stranger")
    Client().post("/admin/login/", {"username": "stranger", "password": cast.PASSWORD})
    assert [(entry.actor, entry.door) for entry in flushed("login:failed")] == [
        ("stranger", "api"),
        ("stranger", "admin"),
    ]


def test_a_demanded_factor_is_told_at_both_doors(hotel: Hotel, settings: Settings) -> None:
    settings.MFA_REQUIRED_ROLES = frozenset({"manager"})
    api()
    client = office(hotel.hoa)
    client.post(SETUP, {"code": "000000", "password": "wrong"})
    demanded = flushed("factor:demanded")
    assert [(*whom(entry), entry.door) for entry in demanded] == [
        ("hoa", f"user:{hotel.hoa.pk}", "api"),
        ("hoa", f"user:{hotel.hoa.pk}", "admin"),
    ]
    assert {said(entry)["step"] for entry in book.entries("login:failed")} == {"password-again"}


def test_set_up_recovery_code_and_removal(hotel: Hotel) -> None:
    recovery = enrolled(hotel.hoa)
    assert api(otp=recovery[0]).status_code == 200
    call_command("logout", "hoa", "--forget-second-factor", stdout=StringIO())
    made = book.only("factor:set-up")
    assert (json.loads(made.before), said(made)["recoveryCodes"]) == ({"isSetUp": False}, 10)
    used = book.only("factor:recovery-code-used")
    assert (whom(used), said(used)) == (
        ("hoa", f"user:{hotel.hoa.pk}"),
        {"username": "hoa", "left": 9},
    )
    removed = book.only("factor:removed")
    assert (removed.actor_kind, removed.door, said(removed)["username"]) == ("system", "command", "hoa")
    assert not [entry for entry in book.entries() if recovery[0] in entry.after or code() in entry.after]


def test_sessions_ended_by_oneself_by_a_manager_and_from_the_shell(hotel: Hotel) -> None:
    office(hotel.lan)
    lan = cast.caller(hotel.lan)
    sessions.end(by=lan, id=next(each.id for each in sessions.open_of(lan) if each.kind == "session"))
    cast.bearer(hotel.lan)
    members.log_out(by=cast.caller(hotel.hoa), property_id=hotel.property.pk, username="lan")
    call_command("logout", "lan", stdout=StringIO())
    own, managers, shells = book.entries("session:ended")
    target = f"user:{hotel.lan.pk}"
    assert [whom(entry) for entry in (own, managers, shells)] == [
        ("lan", target),
        ("hoa", target),
        ("", target),
    ]
    assert said(own) == {"username": "lan", "sessions": 1}
    assert said(managers) == {"username": "lan", "sessions": 0, "tokens": 1}
    assert shells.actor_kind == "system"


def test_passwords_changed_and_reset(hotel: Hotel) -> None:
    members.reset_password(by=cast.caller(hotel.hoa), property_id=hotel.property.pk, username="lan")
    client = office(hotel.hoa)
    new = "another-correct-horse"
    wrong = {"old_password": "wrong", "new_password1": new, "new_password2": new}
    client.post(PASSWORD_CHANGE, wrong)
    client.post(PASSWORD_CHANGE, wrong | {"old_password": cast.PASSWORD})
    admin = office(cast.superuser())
    admin.post(
        f"/admin/security/user/{hotel.minh.pk}/password/",
        {"password1": new, "password2": new, "usable_password": "true"},
    )
    lans, minhs = book.entries("password:reset")
    assert (whom(lans), said(lans)) == (("hoa", f"user:{hotel.lan.pk}"), {"username": "lan"})
    assert (whom(minhs), minhs.door) == (("admin", f"user:{hotel.minh.pk}"), "admin")
    assert whom(book.only("password:changed")) == ("hoa", f"user:{hotel.hoa.pk}")
    assert [said(entry)["step"] for entry in flushed("login:failed")] == ["password-again"]
    assert User.objects.get(pk=hotel.hoa.pk).check_password(new)
