"""The list of OWASP's requirements is whole, and names nothing that is not there."""

from __future__ import annotations

import re
from collections import Counter
from pathlib import Path

import pytest
from django.conf import settings

from settings.env import Environment

ROOT = Path(__file__).resolve().parents[2]
HOLDS = ("met", "met, by reading", "by setting", "partly", "not met", "n/a")
REQUIREMENTS = 253
"""Of levels 1 and 2 in version 5.0.0."""

Row = tuple[list[str], str, str]


@pytest.fixture(scope="module")
def rows() -> list[Row]:
    lines = (ROOT / "docs" / "asvs.md").read_text().splitlines()
    cells = [[cell.strip() for cell in line.strip("|").split("|")] for line in lines if line.startswith("| ")]
    return [(row[0].split(", "), row[2], row[3]) for row in cells if re.match(r"\d+\.\d+\.\d+", row[0])]


def test_every_requirement_is_there_once(rows: list[Row]) -> None:
    numbers = [number for row in rows for number in row[0]]
    assert (len(numbers), len(set(numbers))) == (REQUIREMENTS, REQUIREMENTS)
    assert {holds for _, holds, _ in rows} <= set(HOLDS)


def test_what_is_met_is_shown_and_what_is_not_is_explained(rows: list[Row]) -> None:
    for numbers, holds, shown in rows:
        assert holds == "n/a" or shown, numbers
        assert not holds.startswith(("met", "by setting")) or "`" in shown, numbers


def test_the_summary_is_counted(rows: list[Row]) -> None:
    """Print the line to write when it is not."""
    count = Counter(dict.fromkeys(HOLDS, 0))
    for numbers, holds, _ in rows:
        count[holds] += len(numbers)
    line = f"**{REQUIREMENTS}**: " + ", ".join(f"{number} {word}" for word, number in count.items()) + "."
    assert line in (ROOT / "docs" / "asvs.md").read_text(), line


def test_what_is_named_is_there(rows: list[Row]) -> None:
    named = {name for row in rows for name in re.findall(r"`([^`]+)`", row[2])}
    assert sorted(filter(lambda name: not is_there(name), named)) == []


def is_there(name: str) -> bool:
    path, _, test = name.partition("::")
    if test:
        return f"def {test}(" in (ROOT / path).read_text()
    if name.startswith("ruff "):
        return '"S"' in (ROOT / "pyproject.toml").read_text()
    return (ROOT / path).exists() or hasattr(settings, name) or name.lower() in Environment.model_fields
