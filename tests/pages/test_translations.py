"""The Vietnamese catalogues are whole, and what is installed is what is written."""

from __future__ import annotations

import ast
import gettext
import re
from pathlib import Path

import django
import pytest

import requests_app
import security

APPS = [Path(str(app.__file__)).parent for app in (requests_app, security)]
MARKS = {"_", "gettext", "gettext_lazy", "ngettext", "ngettext_lazy"}
TRANSLATE = re.compile(r"""{%\s*translate\s+(?:"([^"]+)"|'([^']+)')""")
PLACES = re.compile(r"%\(\w+\)[sd]")


@pytest.mark.parametrize("app", APPS, ids=lambda app: app.name)
def test_every_sentence_is_translated_and_compiled(app: Path) -> None:
    """Compile with `msgfmt -o django.mo django.po` after a change."""
    with (catalogue_of(app) / "django.mo").open("rb") as compiled:
        catalogue = gettext.GNUTranslations(compiled)
    written = entries(app)
    assert len(written) > 80
    for original, translated in written.items():
        assert translated, original
        assert set(PLACES.findall(translated)) == set(PLACES.findall(original)), original
        assert translated in (catalogue.gettext(original), catalogue.ngettext(original, original, 2)), (
            original
        )


@pytest.mark.parametrize("app", APPS, ids=lambda app: app.name)
def test_nothing_marked_is_left_out(app: Path) -> None:
    theirs = [
        gettext.translation("django", str(Path(django.__file__).parent / place / "locale"), ["vi"])
        for place in ("conf", "contrib/admin", "contrib/auth")
    ]
    known = {sentence for each in APPS for sentence in entries(each)}
    missing = [
        sentence
        for sentence in marked(app)
        if sentence not in known and all(each.gettext(sentence) == sentence for each in theirs)
    ]
    assert missing == []


def marked(app: Path) -> set[str]:
    """Return what code and templates have translated."""
    pages = "\n".join(page.read_text() for page in app.rglob("*.html"))
    found = {said for pair in TRANSLATE.findall(pages) for said in pair}
    for module in app.rglob("*.py"):
        for node in ast.walk(ast.parse(module.read_text())):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in MARKS:
                found |= {said.value for said in node.args[:1] if isinstance(said, ast.Constant)}
    return found - {""}


def catalogue_of(app: Path) -> Path:
    """Return where the .po and .mo files lie."""
    return app / "locale" / "vi" / "LC_MESSAGES"


def entries(app: Path = APPS[0]) -> dict[str, str]:
    """Return the originals with their translations, as they stand in the .po file."""
    found = {}
    for block in (catalogue_of(app) / "django.po").read_text(encoding="utf-8").split("\n\n")[1:]:
        found[_value(block, "msgid")] = _value(block, r"msgstr(?:\[0\])?")
    return found


def _value(block: str, key: str) -> str:
    lines = re.search(rf'^{key} ((?:".*"\n?)+)', block, re.MULTILINE)
    assert lines, block
    return "".join(ast.literal_eval(line) for line in lines[1].strip().splitlines())
