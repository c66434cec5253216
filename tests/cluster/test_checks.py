"""A wrong order of middleware is told before it does harm."""

from __future__ import annotations

from typing import Any

import pytest

from cluster import checks

GOOD = [checks.IDENTITY, checks.SLASHES, checks.PROBES, checks.LOOKS_AT_HOST]


def test_it_works(settings: Any) -> None:
    settings.MIDDLEWARE = GOOD
    assert checks.check_middleware() == []
    assert checks.check_refusals() == []


@pytest.mark.parametrize("name", GOOD[:3])
def test_it_names_what_is_missing(settings: Any, name: str) -> None:
    settings.MIDDLEWARE = [other for other in GOOD if other != name]
    (error,) = checks.check_middleware()
    assert (error.id, name in error.msg) == ("cluster.E001", True)


def test_it_names_what_stands_too_late(settings: Any) -> None:
    settings.MIDDLEWARE = [checks.LOOKS_AT_HOST, checks.IDENTITY, checks.SLASHES, checks.PROBES]
    (error,) = checks.check_middleware()
    assert (error.id, checks.PROBES in error.msg) == ("cluster.E002", True)


def test_it_names_a_foreign_exception_handler(settings: Any) -> None:
    settings.REST_FRAMEWORK = {**settings.REST_FRAMEWORK, "EXCEPTION_HANDLER": "elsewhere.handle"}
    (error,) = checks.check_refusals()
    assert error.id == "cluster.E003"
