"""Settings without which nobody would know who is asking."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.core.checks import CheckMessage, Error, Tags, register

AUTHENTICATION = "security.authentication.CallerAuthentication"
MIDDLEWARE = "security.middleware.CallerMiddleware"
SESSIONS = "security.middleware.AuthenticationMiddleware"
BACK_OFFICE = "security.back_office.BackOfficeConfig"


@register(Tags.security)
def callers_are_known(**_: Any) -> list[CheckMessage]:
    """Say which piece of "who is asking" is missing or in the wrong place."""
    return [*_api(), *_middleware(), *_back_office()]


def _api() -> list[CheckMessage]:
    if settings.REST_FRAMEWORK.get("DEFAULT_AUTHENTICATION_CLASSES") == [AUTHENTICATION]:
        return []
    hint = f'REST_FRAMEWORK["DEFAULT_AUTHENTICATION_CLASSES"] = ["{AUTHENTICATION}"]'
    return [Error("The API does not ask who is calling.", hint=hint, id="caller.E001")]


def _middleware() -> list[CheckMessage]:
    chain = list(settings.MIDDLEWARE)
    if MIDDLEWARE in chain and SESSIONS in chain[: chain.index(MIDDLEWARE)]:
        return []
    hint = f'Put "{MIDDLEWARE}" after "{SESSIONS}" in MIDDLEWARE.'
    return [Error("Pages do not know who is asking.", hint=hint, id="caller.E002")]


def _back_office() -> list[CheckMessage]:
    if BACK_OFFICE in settings.INSTALLED_APPS:
        return []
    hint = f'INSTALLED_APPS names "{BACK_OFFICE}" in place of "django.contrib.admin".'
    return [Error("The admin lets in by Django's rule instead of ours.", hint=hint, id="caller.E003")]
