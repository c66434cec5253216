"""`manage.py demo`, as typed."""

from __future__ import annotations

import json
from io import StringIO
from typing import Any

import pytest
from django.core.management import CommandError, call_command

from requests_app.models import GuestRequest
from security.authentication import authenticate
from security.models import User
from tests import cast

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _password(settings: Any) -> None:
    settings.DEMO_PASSWORD = None


def demo(*arguments: str) -> str:
    out = StringIO()
    call_command("demo", *arguments, stdout=out, stderr=StringIO())
    return out.getvalue()


def as_json(*arguments: str) -> dict[str, Any]:
    answer: dict[str, Any] = json.loads(demo("--json", *arguments))
    return answer


def test_it_works() -> None:
    said = demo()
    for word in ("hoa", "lan", "minh", "otto", "admin", "/admin/", "curl http://"):
        assert word in said


def test_the_password_it_prints_is_the_one(settings: Any) -> None:
    login = as_json()["logins"][0]
    assert User.objects.get(username=login["username"]).check_password(login["password"])
    settings.DEMO_PASSWORD = "from-outside"
    assert {login["password"] for login in as_json()["logins"]} == {"from-outside"}


def test_the_token_of_its_curl_line_is_lans() -> None:
    token = as_json()["curl"].partition("Authorization: ")[2].partition("'")[0]
    assert authenticate(token).username == "lan"


def test_a_second_time_it_says_that_passwords_stay() -> None:
    demo()
    assert "as it was" in demo()


def test_if_empty_it_does_nothing_once_there_are_users() -> None:
    cast.person("someone")
    answer = as_json("--if-empty")
    assert answer == {"url": answer["url"], "seeded": False}
    assert "nothing was changed" in demo("--if-empty")
    assert User.objects.count() == 1


def test_if_empty_it_seeds_an_empty_database() -> None:
    assert as_json("--if-empty")["seeded"]


def test_it_refuses_prod(settings: Any) -> None:
    settings.PROFILE = "prod"
    with pytest.raises(CommandError, match="prod"):
        demo()
    assert not User.objects.exists()


def test_it_adds_a_history() -> None:
    past = as_json("--requests", "25", "--seed", "7", "--until", "2026-11-20T12:00:00Z")["history"]
    assert (past["requests"], past["seed"], past["until"]) == (25, "7", "2026-11-20T12:00:00+00:00")
    assert GuestRequest.objects.filter(property__slug="demo-hotel").count() == 25
    assert "Added 5 requests to other-hotel" in demo("--requests", "5", "--property", "other-hotel")


@pytest.mark.parametrize("arguments", [["--requests", "-1"], ["--requests", "1", "--until", "soon"]])
def test_it_rejects_what_it_can_not_read(arguments: list[str]) -> None:
    with pytest.raises(CommandError):
        demo(*arguments)


def test_it_rejects_an_unknown_property() -> None:
    with pytest.raises(CommandError, match="nowhere"):
        demo("--requests", "1", "--property", "nowhere")
