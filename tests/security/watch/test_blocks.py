"""Who adds up is kept out at every door; nobody else is."""

from __future__ import annotations

import io
import json
import logging
from datetime import timedelta
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.test import Client
from django.utils import timezone

from cluster.models import CONTROL_STREAM, Event
from cluster.overview.news import recent_news
from requests_app import actions
from security.authentication import caller_for_user
from security.models import Block
from security.watch import blocks
from tests import cast
from tests.cast import Hotel
from tests.pages.conftest import arrive
from tests.security.threats.corpora import corpus

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.both_databases]
SCANNER = {"User-Agent": "sqlmap/1.9"}
CODE = "SUSPICIOUS_REQUEST_BLOCKED"


def scan(client: Client, **headers: str) -> list[int]:
    return [
        client.get("/api/request?a=' or 1=1--", headers={**SCANNER, **headers}).status_code for _ in range(8)
    ]


def post(client: Client, text: str, credential: dict[str, str]) -> Any:
    body = {"requestText": text, "roomNumber": "101"}
    return client.post("/api/request", body, content_type="application/json", headers=credential)


def test_a_source_that_adds_up_is_blocked(client: Client, hotel: Hotel) -> None:
    statuses = scan(client)
    assert statuses[0] == 401
    assert statuses[-1] == 403
    refused = client.get("/api/request")
    assert refused.json()["code"] == CODE
    assert int(refused.headers["Retry-After"]) > 0
    assert Block.objects.get().source == "address:127.0.0.1"
    assert client.get("/stay").status_code == 403
    assert client.get("/health/live").status_code == 200


def test_a_hotel_is_one_address(client: Client, hotel: Hotel) -> None:
    good = cast.bearer(hotel.lan)
    scan(client)
    assert client.get("/api/request", headers=good).status_code == 200
    forged = client.get("/api/request", headers={"Authorization": "Bearer nonsense"})
    assert (forged.status_code, forged.json()["code"]) == (403, CODE)
    forged = client.get("/admin/", headers={"Cookie": "sessionid=nonsense"})
    assert forged.status_code == 403


def log_in(client: Client, password: str, name: str = "lan") -> Any:
    body = {"username": name, "password": password}
    return client.post("/api/auth/login", body, content_type="application/json")


def test_staff_of_a_blocked_address_can_log_in(client: Client, hotel: Hotel) -> None:
    scan(client)
    statuses = [log_in(client, cast.PASSWORD).status_code for _ in range(6)]
    assert statuses == [200] * 6, "who came in has used up nothing"
    assert client.get("/admin/login/").status_code == 200
    said = {"username": "lan", "password": cast.PASSWORD, "next": "/admin/"}
    assert client.post("/admin/login/", said).status_code == 302
    assert client.get("/admin/").status_code == 200


def test_a_blocked_address_has_five_wrong_tries_for_all_names(client: Client, hotel: Hotel) -> None:
    scan(client)
    statuses = [log_in(client, "wrong-password", f"name-{number}").status_code for number in range(6)]
    assert statuses == [401] * 5 + [429]
    refused = log_in(client, cast.PASSWORD)
    assert (refused.status_code, refused.json()["code"]) == (429, "RATE_LIMIT_EXCEEDED")
    assert int(refused.headers["Retry-After"]) > 0


def test_an_operators_block_shuts_the_login_too(client: Client, hotel: Hotel) -> None:
    blocks.add("address:127.0.0.1", seconds=60, is_whole=True)
    assert log_in(client, cast.PASSWORD).json()["code"] == CODE
    assert client.get("/admin/login/").status_code == 403


def test_a_caller_is_counted_by_their_credential(client: Client, hotel: Hotel) -> None:
    lan, hoa = cast.bearer(hotel.lan), cast.bearer(hotel.hoa)
    assert client.get("/api/request", headers=lan).status_code == 200
    statuses = scan(client, **lan)
    assert (statuses[0], statuses[-1]) == (200, 403)
    assert client.get("/api/request", headers=lan).json()["code"] == CODE
    assert client.get("/api/request", headers=hoa).status_code == 200
    assert client.get("/api/request").status_code == 401


def test_a_session_is_kept_out_of_the_back_office(client: Client, hotel: Hotel) -> None:
    client.force_login(hotel.lan)
    assert client.get("/admin/").status_code == 200
    blocks.add(caller_for_user(hotel.lan).identity(), seconds=60)
    assert client.get("/admin/").status_code == 403
    assert client.get("/api/request").json()["code"] == CODE


def test_a_text_alone_never_refuses_and_is_never_changed(client: Client, hotel: Hotel) -> None:
    """Only so many, for the room's sake: the sum of texts has a ceiling below the threshold."""
    credential = cast.bearer(hotel.hoa)
    for text in [text for kind in ("xss", "sql") for text in corpus("held_out")[kind]]:
        answer = post(client, text, credential)
        assert (answer.status_code, answer.json()["data"]["requestText"]) == (201, text.strip())
    assert not Block.objects.exists()


def test_innocent_texts_leave_no_mark(client: Client, hotel: Hotel, caplog: pytest.LogCaptureFixture) -> None:
    for text in corpus("held_out")["innocent"][:10]:
        assert post(client, text, cast.bearer(hotel.hoa)).status_code == 201
    assert "threat.suspected" not in caplog.text


def test_the_log_has_reasons_and_no_text(
    client: Client, hotel: Hotel, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.WARNING, "bellhop.security"):
        post(client, "<script>alert('midnight')</script>", cast.bearer(hotel.hoa))
    (line,) = [record for record in caplog.records if record.message == "threat.suspected"]
    assert vars(line)["reasons"] == ["script-injection"]
    assert "midnight" not in str(vars(line))


def test_with_the_flag_off_nothing_is_scored_and_no_block_holds(
    client: Client, hotel: Hotel, flag_off: None
) -> None:
    blocks.add("address:127.0.0.1", seconds=60, is_whole=True)
    assert set(scan(client)) == {401}
    assert Block.objects.count() == 1


def test_password_guessing_over_many_names_is_stuffing(client: Client, hotel: Hotel) -> None:
    for number in range(20):
        body = {"username": f"name{number}", "password": "wrong"}
        client.post("/api/auth/login", body, content_type="application/json")
    assert client.get("/api/request").json()["code"] == CODE
    assert Block.objects.get().reasons == ["credential-stuffing"]


def test_guessing_ids_is_enumeration(client: Client, hotel: Hotel) -> None:
    credential = cast.bearer(hotel.lan)
    codes = [
        client.get(f"/api/request/{number}", headers=credential).json()["code"] for number in range(900, 975)
    ]
    assert codes[:70] == ["REQUEST_NOT_FOUND"] * 70
    assert codes[-1] == CODE


def test_an_operators_block_of_an_address_holds_for_everybody_there(client: Client, hotel: Hotel) -> None:
    call_command("block", "add", "127.0.0.1", "--minutes", "5", stdout=io.StringIO())
    assert client.get("/api/request", headers=cast.bearer(hotel.lan)).status_code == 403
    call_command("block", "remove", "127.0.0.1", stdout=io.StringIO())
    assert client.get("/api/request", headers=cast.bearer(hotel.lan)).status_code == 200


def test_a_block_is_news_for_managers(hotel: Hotel) -> None:
    blocks.add("user:7", seconds=60, reasons=["scanner"])
    blocks.remove("user:7", by="root")
    names = list(Event.objects.filter(stream=CONTROL_STREAM).values_list("name", flat=True).order_by("seq"))
    assert names == ["source:blocked", "access:changed", "source:unblocked", "access:changed"]
    unblocked, blocked = [item.words for item in recent_news(5)]
    assert blocked.startswith("user:7 was blocked by threshold until")
    assert unblocked == "root unblocked user:7"


def test_the_command_lists_adds_and_removes(hotel: Hotel) -> None:
    assert run("list", "--json") == []
    added = run("add", "2001:db8::1", "--reason", "abuse", "--json")
    assert (added["source"], added["reasons"], added["whole"]) == ("address:2001:db8::/64", ["abuse"], True)
    assert run("list", "--json") == [added]
    assert run("remove", "2001:db8::2", "--json") == {"removed": "address:2001:db8::/64"}
    for words in (("remove", "user:1"), ("add", "nowhere"), ("add", "user:x")):
        with pytest.raises(CommandError) as refused:
            run(*words)
        assert refused.value.returncode == 1


def run(*words: str) -> Any:
    out = io.StringIO()
    call_command("block", *words, stdout=out)
    return json.loads(out.getvalue())


def test_the_short_ways_are_closed_to_the_blocked(client: Client, hotel: Hotel) -> None:
    credential = cast.bearer(hotel.hoa)
    assert [post(client, "towels", credential).status_code for _ in range(3)] == [201] * 3
    assert [client.get("/api/request", headers=credential).status_code for _ in range(3)] == [200] * 3
    blocks.add(caller_for_user(hotel.hoa).identity(), seconds=60)
    assert post(client, "towels", credential).json()["code"] == CODE
    assert client.get("/api/request", headers=credential).json()["code"] == CODE
    blocks.remove(caller_for_user(hotel.hoa).identity(), by="root")
    assert post(client, "towels", credential).status_code == 201


def test_a_blocked_guest_is_kept_from_their_page_by_their_own_block(client: Client, hotel: Hotel) -> None:
    end = timezone.now() + timedelta(days=2)
    stay = actions.open_stay(
        by=cast.caller(hotel.lan), property_id=hotel.property.pk, room_number="101", check_out=end
    )
    emma = arrive(stay)
    scan(client)
    assert client.get("/stay").status_code == 403
    assert emma.get("/stay").status_code == 200
    blocks.add(f"stay:{stay.stay.pk}", seconds=60)
    assert emma.get("/stay").status_code == 403
