"""Texts to be kept to the letter: our own, and those of a folder named by BELLHOP_CORPORA.

BELLHOP_CORPORA=/some/folder python -m pytest tests/texts tests/journeys/test_texts.py

The folder holds any number of files, one text a line (or a JSON list); they stay out of the repository.
"""

from __future__ import annotations

import json
import os
import unicodedata
from pathlib import Path

from security.text import LINE_BREAKS, NOT_TEXT

OURS = (
    "<script>window.bellhop = 1</script>",
    '"><img src=x onerror="window.bellhop = 1">',
    "'><svg/onload=window.bellhop=1>",
    "</textarea><script>window.bellhop = 1</script>",
    "</title></style><iframe srcdoc='<script>parent.bellhop=1</script>'>",
    "<!-- --><a href=javascript:window.bellhop=1>towels</a>",
    "{{ 7|add:7 }} {% now 'Y' %} ${7*7} %(name)s {0}",
    "=1+1",
    "+1",
    "-1+1",
    "@SUM(A1)",
    "＝1＋1",
    '"=1+1"',
    "&lt;b&gt; &amp;amp; &#60;",
    "\\u003cscript\\u003e \\\" \\' \\n",
    "' OR '1'='1' --",
    "2 < 3 & 5 > 4, temp <25C, AT&T, O'Brien, <3",
    "Phòng 101 cần thêm khăn tắm",
    "أحتاج مناشف إضافية",
    "می‌خواهم",  # a zero width non-joiner is spelling in Persian
    "👨‍👩‍👧‍👦 🏳️‍🌈 🙏🏽",
    "abc \u202etxt.exe\u202c def",
    "한국어 日本語 ไทย हिन्दी",
    "Ω≈ç√∫ ½ ﷽ \ufeff end",
    "tab\there",
)
LONGEST = 1_000


def ours() -> list[str]:
    return list(OURS)


def given() -> list[str]:
    folder = os.environ.get("BELLHOP_CORPORA")
    files = sorted(path for path in Path(folder).rglob("*") if path.is_file()) if folder else []
    return list(dict.fromkeys(line for path in files for line in _lines(path) if _is_kept(line)))


def _lines(path: Path) -> list[str]:
    text = path.read_text(errors="replace")
    return json.loads(text) if path.suffix == ".json" else text.splitlines()


def _is_kept(line: str) -> bool:
    """Say whether the rule keeps it at all, once in form."""
    is_long = len(line) > LONGEST or not line.strip()
    return not (is_long or NOT_TEXT.search(line) or LINE_BREAKS.search(line))


def as_kept(line: str) -> str:
    return unicodedata.normalize("NFC", line).strip()
