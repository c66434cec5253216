"""Every text through every door and back through every output: nothing live, nothing changed."""

from __future__ import annotations

import pytest
from django.contrib.admin import site
from django.test import override_settings

from requests_app.api.sheets import cell
from requests_app.models import GuestRequest, Stay
from security.text import NOT_TEXT
from tests import cast
from tests.forms import send
from tests.texts import corpora, doors, outputs
from tests.texts.house import House, furnish
from tests.texts.pages import Page, strange

BATCHES = corpora.batches()
Quiet = dict[str, Page]

_quiet: dict[int, Quiet] = {}
"""The pages with as many plain texts, read once: all that a page may be built of."""


@pytest.fixture(autouse=True)
def long_pages(monkeypatch: pytest.MonkeyPatch) -> None:
    """Show a whole batch on a page."""
    for model in (GuestRequest, Stay):
        monkeypatch.setattr(site.get_model_admin(model), "list_per_page", 1_000)


@pytest.mark.django_db
@pytest.mark.usefixtures("own_cache")
@pytest.mark.parametrize(
    "batch", BATCHES, ids=lambda batch: batch[0][:12].encode("ascii", "replace").decode()
)
@override_settings(
    THREAT_BLOCK_SCORE=10**9,
    **dict.fromkeys(("MAX_REQUESTS_PER_ROOM_PER_HOUR", "RATE_LIMIT_STAFF", "RATE_LIMIT_MAX_REQUESTS"), 10**6),
)
def test_texts_come_back_to_the_letter(batch: list[str]) -> None:
    admin = cast.superuser()
    house = furnish("loud-hotel", len(batch), admin)
    if len(batch) not in _quiet:
        calm = furnish("calm-hotel", len(batch), admin)
        _quiet[len(batch)] = _said_and_seen(calm, [f"plain {number}" for number in range(len(batch))])
    seen = _said_and_seen(house, batch)
    for name, page in seen.items():
        assert strange(page, _quiet[len(batch)][name]) == {}, name
    for name, lengths in outputs.PAGES.items():
        assert _missing(batch, lengths, seen[name].pieces) == [], name
    for name, found in outputs.strings(house).items():
        assert _missing(batch, outputs.ANSWERS[name], found) == [], name
    rows, cells = outputs.exported(house)
    wanted = {cell(corpora.cut(text, 1000)) for text in batch}
    assert wanted <= {row["requestText"] for row in rows}
    assert wanted <= cells


def _said_and_seen(house: House, batch: list[str]) -> Quiet:
    """Send all texts through all doors, and read all pages; those of one text show only that one."""
    for door in doors.DOORS:
        door(house, batch)
    seen = outputs.pages(house)
    for text, page in outputs.pages_of_one(house):
        assert text in page.pieces
        assert strange(page, seen.setdefault("delete", page)) == {}, text
    for text, answer in doors.by_questions(house, batch):
        page = Page(answer.content.decode())
        assert text in page.pieces
        # How many rows it finds is the text's own affair.
        assert set(page.shape) <= set(seen["list"].shape) | {("p", "class"), ("a", "href", "class")}, text
    for page in outputs.memories(house):
        # Django's titles keep eighteen words, with single blanks.
        start = "".join(corpora.cut(batch[-1], 100).split())[:20]
        assert [piece for piece in page.pieces if start in "".join(piece.split())]
    return seen


def _missing(batch: list[str], lengths: tuple[int, ...], found: set[str]) -> list[str]:
    kept = (corpora.cut(text, length) for text in batch for length in lengths)
    return [text for text in kept if text not in found]


@pytest.mark.django_db
def test_what_is_no_text_is_refused_at_every_door() -> None:
    house = furnish("loud-hotel", 1, cast.superuser())
    unclean = ["a\x00b", "a\x1bb", "a\x85b", "x" * 10_001]
    for text in (*unclean, "x" * 1_001, *corpora.refused()):
        status, body = _refusal(house, text)
        is_short = len(text) <= 10_000 and not NOT_TEXT.search(text)
        code = "VALIDATION_ERROR" if is_short else "INPUT_SANITIZATION_FAILED"
        assert (status, body["code"]) == (400, code), ascii(text)
        answer = send(house.guest, "/stay", {"request_text": text, "service_type": "general"})
        assert answer.status_code == 400, ascii(text)
    assert GuestRequest.objects.count() == 2


def _refusal(house: House, text: str) -> tuple[int, dict[str, str]]:
    answer = house.staff.post(doors.PATH, {"requestText": text, "roomNumber": "101"})
    return answer.status_code, answer.json()
