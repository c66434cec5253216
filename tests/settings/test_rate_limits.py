"""One variable, one effect: each limit's own, by profile where nobody says otherwise."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from settings.problems import UnusableEnvironment
from settings.reading import read
from tests.settings.test_environment import IN_PROD

ROOT = Path(__file__).parents[2]
NAMES = ("RATE_LIMIT_MAX_REQUESTS", "RATE_LIMIT_WINDOW_MS", "RATE_LIMIT_STAFF", "RATE_LIMIT_SOCKETS")
SAY = f"from django.conf import settings; print(*(getattr(settings, it) for it in {NAMES!r}))"


def limits(module: str, **environ: str) -> list[int]:
    """Return what a process of that profile limits to."""
    said = {name: value for name, value in os.environ.items() if name not in NAMES}
    said |= IN_PROD | {"DJANGO_SETTINGS_MODULE": module} | environ
    done = subprocess.run(
        [sys.executable, "-c", SAY], env=said, cwd=ROOT, capture_output=True, text=True, check=True
    )
    return [int(word) for word in done.stdout.split()]


@pytest.mark.parametrize(
    ("module", "expected"),
    [
        ("settings.dev", [0, 900_000, 0, 0]),
        ("settings.staging", [200, 900_000, 600, 20]),
        ("settings.prod", [100, 900_000, 600, 20]),
    ],
)
def test_the_profile_decides_where_nobody_does(module: str, expected: list[int]) -> None:
    assert limits(module) == expected


@pytest.mark.parametrize("name", NAMES)
def test_each_variable_moves_its_own_limit_and_no_other(name: str) -> None:
    before, after = limits("settings.prod"), limits("settings.prod", **{name: "4321"})
    assert after == [4321 if name == other else value for other, value in zip(NAMES, before, strict=True)]


@pytest.mark.parametrize("name", ["RATE_LIMIT_MAX_REQUESTS", "RATE_LIMIT_STAFF", "RATE_LIMIT_SOCKETS"])
def test_only_dev_may_do_without(name: str) -> None:
    assert read({"DJANGO_SETTINGS_MODULE": "settings.dev", name: "0"})
    with pytest.raises(UnusableEnvironment) as refused:
        read(IN_PROD | {name: "0"})
    (problem,) = refused.value.problems
    assert str(problem).startswith(f"{name} is '0'; allowed:")
