"""``manage.py credential``: keys and staff tokens from the shell."""

from __future__ import annotations

import json
from io import StringIO
from typing import Any

import pytest
from django.core.management import CommandError, call_command

from cluster.answers.problems import AuthenticationRequired
from security.authentication import authenticate
from tests import cast

pytestmark = pytest.mark.django_db


@pytest.fixture
def hotel() -> cast.Hotel:
    return cast.demo_hotel()


def run(*words: str) -> str:
    out = StringIO()
    call_command("credential", *words, stdout=out)
    return out.getvalue().strip()


def test_issue_list_and_revoke_work(hotel: cast.Hotel) -> None:
    words = ("--property", "demo-hotel", "--scope", "stay", "--name", "kiosk", "--json")
    made: dict[str, Any] = json.loads(run("issue", "api-key", *words))
    assert authenticate(f"Api-Key {made['token']}").scopes == {"stay"}
    assert [row["hint"] for row in json.loads(run("list", "--json"))] == [made["hint"]]
    assert made["token"] not in run("list")
    assert json.loads(run("revoke", str(made["id"]), "--json")) == {"revoked": 1}
    with pytest.raises(AuthenticationRequired):
        authenticate(f"Api-Key {made['token']}")
    assert run("list") == ""
    assert made["hint"] in run("list", "--all")


def test_a_key_is_given_its_own_limit(hotel: cast.Hotel) -> None:
    made = json.loads(run("issue", "api-key", "--property", "demo-hotel", "--limit", "1000", "--json"))
    assert made["rateLimit"] == 1000
    assert authenticate(f"Api-Key {made['token']}").rate_limit == 1000
    assert run("limit", str(made["id"]), "5") == f"{made['hint']}: 5."
    assert run("limit", str(made["id"]), "default") == f"{made['hint']}: the default."
    assert authenticate(f"Api-Key {made['token']}").rate_limit is None
    for wrong in (("limit", "999", "5"), ("limit", str(made["id"]), "0")):
        with pytest.raises(CommandError):
            run(*wrong)
    with pytest.raises(CommandError, match="Only an Api-Key"):
        run("issue", "staff", "--user", "hoa", "--limit", "5")


def test_a_staff_token_is_all_it_prints(hotel: cast.Hotel) -> None:
    token = run("issue", "staff", "--user", "hoa", "--days", "1")
    assert authenticate(f"Bearer {token}").username == "hoa"


@pytest.mark.parametrize(
    "words",
    [
        ("issue", "api-key"),
        ("issue", "api-key", "--property", "nowhere"),
        ("issue", "staff", "--user", "nobody"),
        ("list", "--user", "nobody"),
        ("revoke", "999"),
    ],
)
def test_it_rejects_what_is_not_there(hotel: cast.Hotel, words: tuple[str, ...]) -> None:
    with pytest.raises(CommandError) as refusal:
        run(*words)
    assert refusal.value.returncode == 1
