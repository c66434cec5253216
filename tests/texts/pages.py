"""An HTML page as a parser sees it."""

from __future__ import annotations

from collections import Counter
from html.parser import HTMLParser


class Page(HTMLParser):
    """Which elements a page has, which attributes, and what it says."""

    def __init__(self, html: str) -> None:
        super().__init__(convert_charrefs=True)
        self.tags: Counter[str] = Counter()
        self.attributes: set[tuple[str, str]] = set()
        self.said: list[str] = []
        self.feed(html)
        self.close()
        self.text = "".join(self.said)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags[tag] += 1
        self.attributes |= {(tag, name) for name, _ in attrs}
        self.said += [f"\n{value}\n" for _, value in attrs if value]

    def handle_data(self, data: str) -> None:
        self.said.append(data)


PAGER = {("a", "rel")}
"""The one difference of a list with more rows."""


def unexpected(page: Page, plain: Page) -> dict[str, object]:
    """Return what a page has beyond the same page with plain texts: elements, attributes, scripts."""
    found = {
        "elements": set(page.tags) - set(plain.tags),
        "attributes": page.attributes - plain.attributes - PAGER,
        "scripts": page.tags["script"] - plain.tags["script"],
    }
    return {name: what for name, what in found.items() if what}
