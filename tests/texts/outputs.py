"""Everywhere a text goes out: pages by name, answers by name, exports, events."""

from __future__ import annotations

import csv
import io
import re
import zipfile
from collections.abc import Iterator
from typing import Any
from xml.etree import ElementTree as ET

from django.test import Client

from requests_app.models import GuestRequest
from tests.api.speaking import Speaker
from tests.texts.doors import ADMIN, PATH, REQUESTS
from tests.texts.house import House
from tests.texts.pages import Page

SHEET = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"

# How long a text may be at each place.
PAGES = {
    "list": (1000,),
    "loud": (500,),
    "thread": (1000,),
    "members": (100,),
    "stays": (100,),
    "services": (60,),
    "branches": (100,),
    "keys": (60,),
    "new": (60,),
    "overview": (1000, 60),
    "guest thread": (1000,),
}
ANSWERS = {
    "messages": (1000,),
    "history": (1000, 500, 100),
    "staff": (100,),
    "services": (60,),
    "stays": (100,),
    "members": (100,),
    "requests": (1000, 500, 100),
    "events": (1000, 500, 100),
    "guest's events": (1000,),
    "guest's requests": (1000,),
}


def pages(house: House) -> dict[str, Page]:
    """Read each page once; they hold all texts."""
    office, guest = house.office, house.guest
    where = {
        "list": (office, REQUESTS),
        "loud": (office, f"{REQUESTS}{house.loud.pk}/change/"),
        "thread": (office, f"{REQUESTS}{house.asked.pk}/change/"),
        "new": (office, f"{REQUESTS}add/"),
        "members": (office, "/admin/security/membership/"),
        "stays": (office, f"{ADMIN}stay/"),
        "services": (office, f"{ADMIN}servicetype/"),
        "keys": (office, "/admin/security/credential/"),
        "branches": (house.above, f"/admin/security/property/?q={house.place.slug}-branch"),
        "overview": (guest, "/stay"),
        "guest thread": (guest, f"/stay/{house.asked.pk}"),
    }
    return {name: _page(client, address) for name, (client, address) in where.items()}


def pages_of_one(house: House) -> Iterator[tuple[str, Page]]:
    """Read the pages that hold one text each, with that text."""
    for row in GuestRequest.objects.filter(property=house.place, source="api").order_by("pk"):
        yield row.request_text, _page(house.office, f"{REQUESTS}{row.pk}/delete/")


def memories(house: House) -> list[Page]:
    """Read what the back office remembers of the last change of a name: by row, and on its front page."""
    last = house.branches[-1].pk
    return [_page(house.above, f"/admin/security/property/{last}/history/"), _page(house.above, "/admin/")]


def strings(house: House) -> dict[str, set[str]]:
    """Return every text in each answer of the API; none may hold a bracket as it is."""
    asked, loud = house.asked.pk, house.loud.pk
    staff = {
        "messages": f"{PATH}/{asked}/messages",
        "history": f"{PATH}/{loud}/history",
        "staff": "/api/staff",
        "services": "/api/services",
        "stays": "/api/stay",
        "members": "/api/member",
    }
    found = {name: set(_within(_body(house.staff, path))) for name, path in staff.items()}
    found["requests"] = _all(house.staff, PATH)
    found["events"] = _all(house.staff, "/api/events")
    found["guest's events"] = _all(house.stranger, "/api/events")
    found["guest's requests"] = _all(house.stranger, PATH)
    return found


def exported(house: House) -> tuple[list[dict[str, str]], set[str]]:
    """Return the rows of the CSV file and the cells of the workbook; no cell may be a formula."""
    sheet = house.staff.get(f"{PATH}/export").getvalue().decode()
    rows = list(csv.DictReader(io.StringIO(sheet, newline="")))
    assert not [row for row in rows for cell in row.values() if cell.lstrip(" ")[:1] in tuple("=+-@")]
    book = house.staff.get(f"{PATH}/export", {"format": "xlsx"}).getvalue()
    page = ET.fromstring(zipfile.ZipFile(io.BytesIO(book)).read("xl/worksheets/sheet1.xml"))
    assert not list(page.iter(f"{SHEET}f"))
    return rows, {_unescaped("".join(part.itertext())) for part in page.iter(f"{SHEET}is")}


def _page(client: Client, address: str) -> Page:
    answer = client.get(address)
    assert answer.status_code == 200, (address, answer)
    return Page(answer.content.decode())


def _all(speaker: Speaker, path: str) -> set[str]:
    """Read a list to its end."""
    found: set[str] = set()
    following = {"limit": "100"}
    while following:
        body = _body(speaker, path, following)
        found |= set(_within(body))
        following = _following(body)
    return found


def _following(body: dict[str, Any]) -> dict[str, str]:
    if "pagination" in body:
        cursor = body["pagination"].get("nextCursor")
        return {"limit": "100", "cursor": cursor} if cursor else {}
    return {} if body["data"]["complete"] else {"limit": "100", "since": body["data"]["next"]}


def _body(speaker: Speaker, path: str, query: dict[str, str] | None = None) -> dict[str, Any]:
    answer = speaker.get(path, query)
    assert answer.status_code == 200, answer.content
    assert not re.search(rb"[<>&]", answer.content), path
    body: dict[str, Any] = answer.json()
    return body


def _within(value: object) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict | list):
        for inside in value.values() if isinstance(value, dict) else value:
            yield from _within(inside)


def _unescaped(text: str) -> str:
    return re.sub(r"_x([0-9A-Fa-f]{4})_", lambda found: chr(int(found[1], 16)), text)
