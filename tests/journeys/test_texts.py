"""Texts from strangers in a real browser: nothing of them runs, and all of it can be read."""

from __future__ import annotations

import json
import os
from collections.abc import Callable
from pathlib import Path
from urllib.parse import urlsplit

from playwright.sync_api import Page, WebSocket, expect

from requests_app.actions import OpenedStay
from requests_app.models import GuestRequest, HouseRules, Message
from tests import cast
from tests.cast import Hotel
from tests.journeys.conftest import LIST, PHONE, Enter
from tests.journeys.house import House
from tests.texts import corpora

ALARM = """
window.bellhopRan = [];
for (const name of ["alert", "prompt", "confirm", "print", "open"]) {
  window[name] = () => window.bellhopRan.push(name);
}
addEventListener("error", (event) => window.bellhopRan.push(String(event.message)));
addEventListener("securitypolicyviolation", (event) => window.bellhopRan.push(event.violatedDirective));
"""
SEEN = (
    """(selector) => Array.from(document.querySelectorAll(selector), (one) => one.title || one.textContent)"""
)
BUILT = """() => {
  const counts = {};
  for (const one of document.querySelectorAll("*")) counts[one.tagName] = (counts[one.tagName] ?? 0) + 1;
  return counts;
}"""
MOST = 90


class Watch:
    """What a page must not do: run what strangers wrote, or ask anybody else for anything."""

    def __init__(self, page: Page, house: House) -> None:
        self.page = page
        self.foreign: list[str] = []
        self.frames: list[str | bytes] = []
        page.add_init_script(ALARM)
        page.on("request", lambda request: self._note(request.url, urlsplit(house.address).netloc))
        page.on("dialog", lambda dialog: self.foreign.append(f"dialog: {dialog.message}"))
        page.on("websocket", self._listen)

    def _listen(self, line: WebSocket) -> None:
        line.on("framereceived", self._hear)

    def _hear(self, frame: str | bytes) -> None:
        self.frames.append(frame)

    def _note(self, url: str, home: str) -> None:
        if urlsplit(url).scheme not in ("data", "blob") and urlsplit(url).netloc != home:
            self.foreign.append(url)

    def visit(self, address: str) -> dict[str, int]:
        """Open a page and return how it is built."""
        self.page.goto(address)
        self.is_calm()
        built: dict[str, int] = self.page.evaluate(BUILT)
        return built

    def is_calm(self) -> None:
        assert (
            self.page.evaluate("window.bellhopRan.concat(Number(window.bellhop ?? 0) ? ['bellhop'] : [])")
            == []
        )
        assert self.foreign == []

    def told(self) -> set[str]:
        """Return the texts of the requests that the socket told."""
        frames = [json.loads(frame) for frame in self.frames]
        return {one["data"]["request"]["requestText"] for one in frames if one["t"] == "ev"}


def test_what_strangers_write_never_runs(
    house: House, hotel: Hotel, enter: Enter, browse: Callable[..., Page]
) -> None:
    HouseRules.objects.filter(property=hotel.property).update(alarm_words=[])
    lines = corpora.packed([*corpora.OURS, *corpora.given()])
    packs = [corpora.cut(line, 1_000) for line in lines]
    desk = Watch(enter(hotel.hoa), house)
    opened = cast.checked_in(hotel.lan, hotel.property)
    phone = Watch(browse(viewport=PHONE), house)
    phone.visit(f"/s/{opened.token}")
    for start in range(0, len(packs), MOST):
        batch = packs[start : start + MOST]
        plain = _pages(desk, phone, hotel, opened, [f"plain {number}" for number in range(len(batch))])
        assert _pages(desk, phone, hotel, opened, batch) == plain
    _hears(desk, house, hotel, packs[0][:500])
    if folder := os.environ.get("BELLHOP_PICTURES"):
        desk.page.screenshot(path=Path(folder) / "texts-list.png")


def _pages(
    desk: Watch, phone: Watch, hotel: Hotel, opened: OpenedStay, texts: list[str]
) -> list[dict[str, int]]:
    """Store the texts, look at every page that shows them, and return how each is built."""
    guest = cast.guest(opened)
    Message.objects.all().delete()
    GuestRequest.objects.all().delete()
    asked = cast.asked(guest, hotel.property, texts[0])
    same = {field.attname: getattr(asked, field.attname) for field in GuestRequest._meta.concrete_fields}
    GuestRequest.objects.bulk_create(
        GuestRequest(**{**same, "id": None, "order_id": f"REQ-{number:08}", "request_text": text})
        for number, text in enumerate(texts)
    )
    GuestRequest.objects.filter(pk=asked.pk).update(
        description=texts[0][:500], special_instructions=texts[-1][:500], guest_name=texts[0][:100].strip()
    )
    Message.objects.bulk_create(
        Message(request=asked, from_guest=True, content=text, created_at=asked.created_at) for text in texts
    )
    one = f"{LIST}{asked.pk}/"
    built = [desk.visit(f"{one}change/"), phone.visit(f"/stay/{asked.pk}"), phone.visit("/stay")]
    kept = set(texts)
    assert set(phone.page.evaluate(SEEN, ".wish .text")) >= kept
    phone.page.goto(f"/stay/{asked.pk}")
    assert set(phone.page.evaluate(SEEN, ".thread .text")) == kept
    assert set(desk.page.evaluate(SEEN, ".line-words")) == kept
    return [*built, desk.visit(f"{one}delete/")]


def _hears(desk: Watch, house: House, hotel: Hotel, text: str) -> None:
    """The live list shows what comes, and a toast says it."""
    desk.page.goto(LIST)
    expect(desk.page.locator("#bellhop-live")).to_have_text("live", timeout=35_000)
    key = cast.api_key(hotel.property, "request:create")
    house.post(text, key, room="205", urgency="critical", priority="high")
    expect(desk.page.locator(".toast-urgent")).to_contain_text(text)
    assert text in desk.told()
    expect(desk.page.locator(".wish[title]").first).to_have_attribute("title", text)
    desk.is_calm()
