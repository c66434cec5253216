"""The page operators read says what the schema says."""

from __future__ import annotations

from pathlib import Path

from settings.env import Environment
from settings.reference import reference

PAGE = Path(__file__).parents[2] / "docs" / "configuration.md"


def test_the_page_is_what_check_config_prints() -> None:
    assert PAGE.read_text(encoding="utf-8") == reference(), "run manage.py check_config --reference"


def test_every_variable_says_what_is_allowed() -> None:
    assert all(field.description for field in Environment.model_fields.values())
