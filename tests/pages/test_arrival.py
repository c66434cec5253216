"""The guest's link."""

from __future__ import annotations

import pytest
from django.test import Client

from requests_app import actions
from requests_app.actions import OpenedStay
from tests import cast
from tests.cast import Hotel


def test_it_turns_the_token_into_a_cookie(client: Client, emmas: OpenedStay) -> None:
    answer = client.get(f"/s/{emmas.token}")
    assert answer.status_code == 302
    assert answer["Location"] == "/stay"
    cookie = answer.cookies["bellhop_stay"]
    assert (cookie["httponly"], cookie["samesite"], cookie["path"]) == (True, "Lax", "/stay")
    assert answer["Referrer-Policy"] == "no-referrer"
    assert "no-store" in answer["Cache-Control"]


@pytest.mark.parametrize(
    ("site", "dest", "status"),
    [
        *(("none", "document", 302), ("same-origin", "document", 302)),
        *(("cross-site", "document", 200), ("same-site", "document", 200), ("none", "image", 200)),
    ],
)
def test_whom_a_foreign_page_leads_here_is_asked_first(
    client: Client, emmas: OpenedStay, site: str, dest: str, status: int
) -> None:
    said = {"Sec-Fetch-Site": site, "Sec-Fetch-Dest": dest}
    answer = client.get(f"/s/{emmas.token}", headers=said)
    assert (answer.status_code, "bellhop_stay" in answer.cookies) == (status, status == 302)


def test_who_says_yes_on_our_own_page_is_let_in(emmas: OpenedStay) -> None:
    client, address = Client(enforce_csrf_checks=True), f"/s/{emmas.token}"
    page = client.get(address, headers={"Sec-Fetch-Site": "cross-site"})
    assert (b"101" in page.content, page["Referrer-Policy"]) == (True, "same-origin")
    said = {
        "csrfmiddlewaretoken": page.content.decode().split('csrfmiddlewaretoken" value="')[1].split('"')[0]
    }
    foreign = client.post(address, said, headers={"Origin": "https://evil.example"})
    assert (foreign.status_code, "bellhop_stay" in foreign.cookies) == (403, False)
    assert client.post(address).status_code == 403
    ours = client.post(address, said, headers={"Origin": "http://testserver"})
    assert (ours["Location"], ours.cookies["bellhop_stay"].value) == ("/stay", emmas.token)


@pytest.mark.parametrize("token", ["x", "guest_" + "A" * 43, "staff_" + "A" * 43, "%00", "é" * 50])
def test_it_says_goodbye_to_tokens_that_are_none(client: Client, hotel: Hotel, token: str) -> None:
    answer = client.get(f"/s/{token}")
    assert answer.status_code == 410
    assert b"Goodbye" in answer.content


def test_it_does_not_take_a_staff_token(client: Client, hotel: Hotel) -> None:
    token = cast.bearer(hotel.lan)["Authorization"].removeprefix("Bearer ")
    assert client.get(f"/s/{token}").status_code == 410


def test_after_check_out_it_says_goodbye(
    client: Client, hotel: Hotel, emma: Client, emmas: OpenedStay
) -> None:
    actions.check_out(by=cast.caller(hotel.lan), stay_id=emmas.stay.pk)
    assert client.get(f"/s/{emmas.token}").status_code == 410
    answer = emma.get("/stay")
    assert answer.status_code == 410
    assert answer.cookies["bellhop_stay"].value == ""


def test_a_stranger_is_asked_for_the_link(client: Client, hotel: Hotel) -> None:
    answer = client.get("/stay")
    assert answer.status_code == 403
    assert b"Please use your link" in answer.content


def test_the_front_door_leads_to_the_back_office(client: Client) -> None:
    assert client.get("/")["Location"] == "/admin/"
