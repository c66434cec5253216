"""Forms as a browser sends them: the fields that stand on a page, urlencoded."""

from __future__ import annotations

from collections.abc import Mapping
from html.parser import HTMLParser
from typing import Any
from urllib.parse import urlencode

from django.test import Client


def fields_of(page: str) -> dict[str, str]:
    """Return the values of every named field of the page; of a name twice, the first."""
    reader = _Reader()
    reader.feed(page)
    return reader.found


def send(client: Client, address: str, said: Mapping[str, str], *, follow: bool = False) -> Any:
    """Post a form as a browser does; Django's client would make it multipart."""
    return client.post(
        address, urlencode(said), content_type="application/x-www-form-urlencoded", follow=follow
    )


class _Reader(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.found: dict[str, str] = {}
        self._name = ""
        self._in_text = False

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        said = {name: value or "" for name, value in attrs}
        if tag == "input" and said.get("name"):
            self.found.setdefault(said["name"], said.get("value", ""))
        elif tag in ("select", "textarea"):
            self._name, self._in_text = said.get("name", ""), tag == "textarea"
            self.found.setdefault(self._name, "")
        elif tag == "option" and "selected" in said:
            self.found[self._name] = said.get("value", "")

    def handle_data(self, data: str) -> None:
        if self._in_text:
            # A browser takes one line break off the beginning of a textarea.
            self.found[self._name] += data.removeprefix("\n").replace("\n", "\r\n")

    def handle_endtag(self, tag: str) -> None:
        if tag == "textarea":
            self._in_text = False
