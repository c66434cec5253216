"""An HTML page as a parser sees it."""

from __future__ import annotations

from collections import Counter
from html.parser import HTMLParser


class Page(HTMLParser):
    """How a page is built, and every single thing it says.

    ``shape`` counts elements by name and attributes; ``pieces`` are the texts between two tags, and
    the values of attributes.
    """

    def __init__(self, html: str) -> None:
        super().__init__(convert_charrefs=True)
        self.shape: Counter[tuple[str, ...]] = Counter()
        self.pieces: set[str] = set()
        self._said: list[str] = []
        self.feed(html)
        self.close()
        self._end_piece()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self._end_piece()
        self.shape[(tag, *(name for name, _ in attrs))] += 1
        self.pieces |= {value for _, value in attrs if value}

    def handle_endtag(self, tag: str) -> None:
        self._end_piece()

    def handle_comment(self, data: str) -> None:
        self.shape[("comment",)] += 1

    def handle_data(self, data: str) -> None:
        self._said.append(data)

    def _end_piece(self) -> None:
        self.pieces.add("".join(self._said).strip())
        self._said = []


def strange(page: Page, plain: Page) -> dict[tuple[str, ...], int]:
    """Return in what a page is built otherwise than the same page with plain texts."""
    both = page.shape.keys() | plain.shape.keys()
    differences = {one: page.shape[one] - plain.shape[one] for one in both}
    return {one: count for one, count in differences.items() if count}
