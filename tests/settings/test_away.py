"""A command that finds no database says one sentence, and not where in the code it noticed."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]


def run(folder: Path, *words: str) -> subprocess.CompletedProcess[str]:
    dev = {"DJANGO_SETTINGS_MODULE": "settings.dev", "DATABASE_URL": "", "DATA_DIR": str(folder)}
    command = [sys.executable, "manage.py", *words]
    environ = {**os.environ, **dev}
    return subprocess.run(command, check=False, cwd=ROOT, env=environ, capture_output=True, text=True)


@pytest.mark.parametrize("words", [("block", "list"), ("verify_stats",)])
def test_it_is_one_sentence(tmp_path: Path, words: tuple[str, ...]) -> None:
    done = run(tmp_path, *words)
    assert done.returncode == 69
    assert "The database can not be used: no such table" in done.stderr
    assert "manage.py migrate" in done.stderr
    assert "Traceback" not in done.stderr


def test_traceback_tells_more(tmp_path: Path) -> None:
    done = run(tmp_path, "verify_stats", "--traceback")
    assert done.returncode == 1
    assert "Traceback" in done.stderr
