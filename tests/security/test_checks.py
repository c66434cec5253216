"""Settings without which nobody would know who is asking."""

from __future__ import annotations

from pytest_django import Settings

from security.checks import callers_are_known


def test_our_own_settings_pass() -> None:
    assert callers_are_known() == []


def test_every_missing_piece_is_named(settings: Settings) -> None:
    settings.REST_FRAMEWORK = {}
    settings.MIDDLEWARE = [name for name in settings.MIDDLEWARE if "AuthenticationMiddleware" not in name]
    settings.INSTALLED_APPS = ["django.contrib.admin"]
    found = callers_are_known()
    assert [message.id for message in found] == ["caller.E001", "caller.E002", "caller.E003"]
    assert all(message.hint for message in found)
