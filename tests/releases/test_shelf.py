"""Releases on a machine's disk."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from cluster.releases.shelf import NotFit, Shelf

FIT = "import sys; sys.exit(0)"
UNFIT = "import sys; sys.exit('bellhop: DATABASE_URL is missing')"


@pytest.fixture
def shelf(tmp_path: Path) -> Shelf:
    found = Shelf(tmp_path / "releases")
    for name, code in (("0.1.0", FIT), ("0.2.0", FIT), ("0.3.0", UNFIT)):
        (found.folder / name).mkdir(parents=True)
        (found.folder / name / "manage.py").write_text(code)
    (found.folder / "notes").mkdir()
    return found


def test_it_knows_its_releases(shelf: Shelf) -> None:
    shelf.put("0.1.0")
    assert shelf.releases() == ["0.1.0", "0.2.0", "0.3.0"]
    assert Shelf(shelf.folder / "nowhere").releases() == []


def test_the_link_moves_in_one_step(shelf: Shelf) -> None:
    for release in ("0.2.0", "0.1.0"):
        shelf.put(release)
        assert (shelf.folder / "current").readlink() == Path(release)
    assert not list(shelf.folder.glob(".current*"))


def test_it_knows_what_is_in_force(shelf: Shelf) -> None:
    assert shelf.in_force() is None
    (shelf.folder / "0.2.0/RELEASE").write_text("0.2.0+again\n")
    shelf.put("0.2.0")
    assert shelf.in_force() == "0.2.0+again"
    assert shelf.holding("0.2.0+again") == "0.2.0"
    assert shelf.holding("0.2.0") is None


def test_a_release_that_is_fit_passes(shelf: Shelf) -> None:
    shelf.check("0.1.0")


@pytest.mark.parametrize(
    ("release", "word"),
    [("0.9.0", "here are: 0.1.0, 0.2.0, 0.3.0"), ("0.3.0", "DATABASE_URL is missing"), ("notes", "not in")],
)
def test_a_release_that_is_not_says_why(shelf: Shelf, release: str, word: str) -> None:
    with pytest.raises(NotFit, match=word):
        shelf.check(release)


def test_a_release_brings_its_own_python(shelf: Shelf) -> None:
    own = shelf.folder / "0.1.0/.venv/bin/python"
    own.parent.mkdir(parents=True)
    own.symlink_to(sys.executable)
    assert shelf.command("0.1.0")[0] == str(own)
    assert shelf.command("0.2.0")[0] == sys.executable


def test_this_house_as_a_release(tmp_path: Path) -> None:
    house = Path(__file__).resolve().parents[2]
    shelf = Shelf(tmp_path / "releases")
    for _ in range(2):
        shelf.add(house, "0.1.0+next")
    folder = shelf.folder / "0.1.0+next"
    assert not {".git", ".venv", "var", "tests"} & {path.name for path in folder.iterdir()}
    code = "from cluster.identity import VERSION; print(VERSION)"
    said = subprocess.run(
        [sys.executable, "-c", code], cwd=folder, capture_output=True, text=True, timeout=60, check=True
    )
    assert said.stdout == "0.1.0+next\n"
