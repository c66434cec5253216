"""The Vietnamese catalogue is whole, and what is installed is what is written."""

from __future__ import annotations

import ast
import gettext
import re
from pathlib import Path

import requests_app

FOLDER = Path(requests_app.__file__).parent / "locale" / "vi" / "LC_MESSAGES"
PLACES = re.compile(r"%\(\w+\)[sd]")


def test_every_sentence_is_translated_and_compiled() -> None:
    """Compile with `msgfmt -o django.mo django.po` after a change."""
    with (FOLDER / "django.mo").open("rb") as compiled:
        catalogue = gettext.GNUTranslations(compiled)
    written = entries()
    assert len(written) > 200
    for original, translated in written.items():
        assert translated, original
        assert set(PLACES.findall(translated)) == set(PLACES.findall(original)), original
        assert translated in (catalogue.gettext(original), catalogue.ngettext(original, original, 2)), (
            original
        )


def entries() -> dict[str, str]:
    """Return the originals with their translations, as they stand in the .po file."""
    found = {}
    for block in (FOLDER / "django.po").read_text(encoding="utf-8").split("\n\n")[1:]:
        found[_value(block, "msgid")] = _value(block, r"msgstr(?:\[0\])?")
    return found


def _value(block: str, key: str) -> str:
    lines = re.search(rf'^{key} ((?:".*"\n?)+)', block, re.MULTILINE)
    assert lines, block
    return "".join(ast.literal_eval(line) for line in lines[1].strip().splitlines())
