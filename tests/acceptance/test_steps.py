"""The walk through the documents can be put together: no section it follows is gone."""

from __future__ import annotations

import subprocess

import pytest

from tests.acceptance import steps


def test_every_section_is_there_and_is_shell() -> None:
    found = steps.steps()
    titles = " ".join(step.title for step in found)
    assert all(f"install.md § {number}." in titles for number in range(1, 9))
    for step in found:
        checked = subprocess.run(
            ["bash", "-n"], input=step.lines, capture_output=True, text=True, timeout=10, check=False
        )
        assert checked.returncode == 0, f"{step.title}: {checked.stderr}"


def test_a_section_that_is_gone_is_named() -> None:
    with pytest.raises(steps.NotThere, match=r"install\.md has no section '12\.'"):
        steps.section("install.md", "12.")


def test_the_last_lines_of_an_upgrade_look_and_go() -> None:
    by_title = {step.title: step.lines for step in steps.upgrading()}
    look = next(lines for title, lines in by_title.items() if "can not be loaded" in title)
    go = next(lines for title, lines in by_title.items() if "which dies" in title)
    assert 'rollout "$NEW" --dry-run && { echo' in look
    assert 'rollout "$NEW" && { echo' in go
