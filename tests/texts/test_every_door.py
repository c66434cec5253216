"""Every text through every door and back through every output: nothing live, nothing changed."""

from __future__ import annotations

import csv
import io
import re
import zipfile
from datetime import timedelta
from urllib.parse import urlencode
from xml.etree import ElementTree as ET

import pytest
from django.test import Client, override_settings
from django.utils import timezone

from requests_app import actions
from requests_app.api.sheets import cell
from requests_app.models import GuestRequest, Message
from tests import cast
from tests.api.speaking import Speaker, data_of
from tests.cast import Hotel
from tests.texts import corpora
from tests.texts.pages import Page, unexpected

pytestmark = pytest.mark.django_db

PATH = "/api/request"
ADMIN = "/admin/requests_app/guestrequest/"
SHEET = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"
BATCH = 20

TEXTS = [*corpora.ours(), *corpora.given()]
BATCHES = [TEXTS[start : start + BATCH] for start in range(0, len(TEXTS), BATCH)]


@pytest.fixture
def hoa(hotel: Hotel) -> Speaker:
    return Speaker(cast.bearer(hotel.hoa))


@pytest.fixture
def office(hotel: Hotel) -> Client:
    client = Client()
    client.force_login(hotel.hoa)
    return client


@pytest.fixture
def guest(hotel: Hotel) -> Client:
    until = timezone.now() + timedelta(days=2)
    opened = actions.open_stay(
        by=cast.caller(hotel.lan), property_id=hotel.property.pk, room_number="101", check_out=until
    )
    client = Client()
    client.get(f"/s/{opened.token}")
    return client


@pytest.mark.parametrize(
    "batch", BATCHES, ids=lambda batch: batch[0][:12].encode("ascii", "replace").decode()
)
@override_settings(THREAT_BLOCK_SCORE=10**9, MAX_REQUESTS_PER_ROOM_PER_HOUR=10**6)
def test_texts_come_back_to_the_letter(batch: list[str], hoa: Speaker, office: Client, guest: Client) -> None:
    kept = [corpora.as_kept(text) for text in batch]
    quiet = _seen(office, guest, _spoken(hoa, guest, ["plain"])[0])
    made = _spoken(hoa, guest, batch)
    read = [data_of(hoa.get(f"{PATH}/{pk}")) for pk in made]
    assert [one["requestText"] for one in read] == kept
    assert [one["description"] for one in read] == [corpora.as_kept(text[:500]) for text in batch]
    assert list(Message.objects.order_by("pk").values_list("content", flat=True))[1:] == kept
    asked = GuestRequest.objects.filter(source="guest").order_by("pk").values_list("request_text", flat=True)
    assert list(asked)[1:] == kept

    log = hoa.get("/api/events", {"limit": "500"})
    assert not re.search(rb"[<>&]", log.content + hoa.get(PATH, {"limit": "100"}).content)
    told = {event["data"].get("request", {}).get("requestText") for event in log.json()["data"]["events"]}
    assert set(kept) <= told
    _check_exports(hoa, kept)
    for pk, text in zip(made, kept, strict=True):
        pages = _seen(office, guest, pk)
        for name, page in pages.items():
            assert unexpected(page, quiet[name]) == {}, (name, text)
        assert _blankless(text) in _blankless(pages["detail"].text)
        assert _blankless(text) in _blankless(pages["stay"].text)


def _spoken(hoa: Speaker, guest: Client, texts: list[str]) -> list[int]:
    """Say each text at every door, and return the requests that staff opened."""
    made = [_ask(hoa, text) for text in texts]
    for pk, text in zip(made, texts, strict=True):
        data_of(hoa.post(f"{PATH}/{pk}/messages", {"content": text}), 201)
        data_of(hoa.patch(f"{PATH}/{pk}", {"specialInstructions": text[:500]}))
        assert hoa.get(PATH, {"search": text[:200].strip()}).status_code == 200
        form = urlencode({"request_text": text, "service_type": "general"})
        answer = guest.post("/stay", form, content_type="application/x-www-form-urlencoded")
        assert answer.status_code == 302, answer.content
    return made


def _ask(hoa: Speaker, text: str) -> int:
    body = {
        "requestText": text,
        "description": text[:500],
        "guestName": corpora.as_kept(text)[:100],
        "roomNumber": "101",
        "priority": "high",
        "urgency": "urgent",
    }
    pk: int = data_of(hoa.post(PATH, body), 201)["id"]
    return pk


def _seen(office: Client, guest: Client, pk: int) -> dict[str, Page]:
    clients = {"list": (office, ADMIN), "detail": (office, f"{ADMIN}{pk}/change/"), "stay": (guest, "/stay")}
    answers = {name: client.get(address, follow=True) for name, (client, address) in clients.items()}
    assert {answer.status_code for answer in answers.values()} == {200}
    return {name: Page(answer.content.decode()) for name, answer in answers.items()}


def _check_exports(hoa: Speaker, kept: list[str]) -> None:
    sheet = hoa.get(f"{PATH}/export").getvalue().decode()
    rows = list(csv.DictReader(io.StringIO(sheet, newline="")))
    assert {cell(text) for text in kept} <= {row["requestText"] for row in rows}
    assert not [
        row for row in rows for value in row.values() if value.lstrip(" ")[:1] in ("=", "+", "-", "@")
    ]
    book = zipfile.ZipFile(io.BytesIO(hoa.get(f"{PATH}/export", {"format": "xlsx"}).getvalue()))
    page = ET.fromstring(book.read("xl/worksheets/sheet1.xml"))
    assert not list(page.iter(f"{SHEET}f"))
    cells = {_unescaped("".join(part.itertext())) for part in page.iter(f"{SHEET}is")}
    assert {cell(text) for text in kept} <= cells


def _unescaped(text: str) -> str:
    return re.sub(r"_x([0-9A-Fa-f]{4})_", lambda found: chr(int(found[1], 16)), text)


def _blankless(text: str) -> str:
    return "".join(text.split())
