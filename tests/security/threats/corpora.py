"""Texts by kind. ``held_out`` was written down before the first pattern and never looked at while tuning."""

from __future__ import annotations

import json
from pathlib import Path

TEXTS = Path(__file__).parent / "texts"
Corpus = dict[str, list[str]]


def corpus(name: str) -> Corpus:
    found: Corpus = json.loads((TEXTS / f"{name}.json").read_text())
    return found
