"""One variable, one effect: those about accounts."""

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
NAMES = ("MFA_REQUIRED_ROLES", "SECRET_KEY_FALLBACKS", "SESSION_IDLE_TIMEOUT")
SAY = (
    "from django.conf import settings;"
    f"print(*((sorted(it) if isinstance(it, frozenset) else it)"
    f" for it in (getattr(settings, name) for name in {NAMES!r})), sep='|')"
)


@pytest.mark.parametrize(
    ("said", "expected"),
    [
        ({}, "[]|[]|28800000"),
        ({"MFA_REQUIRED_ROLES": "superuser,manager"}, "['manager', 'superuser']|[]|28800000"),
        ({"SECRET_KEY_FALLBACK": "o" * 40}, f"[]|['{'o' * 40}']|28800000"),
        ({"SESSION_IDLE_TIMEOUT": "60000"}, "[]|[]|60000"),
    ],
)
def test_each_variable_has_its_effect(said: dict[str, str], expected: str) -> None:
    environ = {**os.environ, **IN_PROD, "DJANGO_SETTINGS_MODULE": "settings.prod", **said}
    done = subprocess.run(
        [sys.executable, "-c", SAY], env=environ, cwd=ROOT, capture_output=True, text=True, check=True
    )
    assert done.stdout.strip() == expected


def test_an_unknown_role_is_refused() -> None:
    with pytest.raises(UnusableEnvironment):
        read(IN_PROD | {"MFA_REQUIRED_ROLES": "boss"})
