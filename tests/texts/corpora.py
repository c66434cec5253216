"""Texts to be kept to the letter: our own, and those of a folder named by BELLHOP_CORPORA.

BELLHOP_CORPORA=/some/folder python -m pytest tests/texts tests/journeys/test_texts.py -n 2

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
PACK = 480
BATCH = 20


def batches() -> list[list[str]]:
    """Return our texts, and those of the folder, several to a text, as many as fit on a page."""
    found = packed(given())
    ours = [" ".join(OURS[start::8]) for start in range(8)]
    return [ours, *(found[start : start + BATCH] for start in range(0, len(found), BATCH))]


def packed(lines: list[str]) -> list[str]:
    """Return the lines together, as long as the shorter fields keep them whole."""
    packs = [""]
    for line in lines:
        if packs[-1] and len(packs[-1]) + len(line) > PACK:
            packs.append("")
        packs[-1] = unicodedata.normalize("NFC", f"{packs[-1]} {line}").strip()
    return [pack for pack in packs if pack]


def given() -> list[str]:
    """Return the folder's texts that every field for a line of text keeps."""
    return [line for line in _lines_of_all() if _is_kept(line)]


def refused() -> list[str]:
    """Return the folder's texts that nobody may send: too long, or with a control character."""
    return [line for line in _lines_of_all() if NOT_TEXT.search(line) or len(line.strip()) > LONGEST]


def cut(line: str, length: int) -> str:
    """Return what is kept of the beginning of a text."""
    return unicodedata.normalize("NFC", line[:length]).strip()


def _lines_of_all() -> list[str]:
    folder = os.environ.get("BELLHOP_CORPORA")
    files = sorted(path for path in Path(folder).rglob("*") if path.is_file()) if folder else []
    return list(dict.fromkeys(line for path in files for line in _lines(path)))


def _lines(path: Path) -> list[str]:
    text = path.read_text(errors="replace")
    return json.loads(text) if path.suffix == ".json" else text.splitlines()


def _is_kept(line: str) -> bool:
    """Say whether the rule keeps it at all, and more than nothing of it."""
    is_long = len(line) > LONGEST or len(unicodedata.normalize("NFC", line)) > LONGEST
    return not (is_long or not line[:60].strip() or NOT_TEXT.search(line) or LINE_BREAKS.search(line))
