"""Security keys and passkeys (WebAuthn): registered, shown at the second step, removed.

allauth and fido2 make the challenges and check the answers; a challenge lies in the session and is used up by
the first answer, good or bad. The relying party is the host the browser came to.
"""

from __future__ import annotations

import struct
from dataclasses import dataclass
from typing import Any

import orjson
from allauth.core.context import request_context
from allauth.mfa.models import Authenticator
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from allauth.mfa.webauthn.internal import auth as webauthn
from cryptography.exceptions import InvalidSignature
from django.core.exceptions import ValidationError
from django.http import HttpRequest

from cluster.answers.problems import Invalid
from cluster.streams import unit_of_work
from security import audit
from security.caller import Caller
from security.models import User
from security.second_factor.codes import FACTORS
from security.signals import tell_access_changed

MOST = 10
LONGEST_ANSWER = 16 * 1024
# What the libraries raise for answers that no browser would send.
NONSENSE = (
    *(ValidationError, InvalidSignature, ValueError, TypeError, LookupError, AttributeError),
    *(NotImplementedError, RecursionError, struct.error),
)
REFUSAL = "That key was not accepted. Please try again."


@dataclass(frozen=True, slots=True)
class Key:
    """One registered key, as its owner sees it."""

    id: int
    name: str
    row: Authenticator


def keys_of(user_id: int) -> list[Key]:
    """Return somebody's keys, oldest first."""
    rows = Authenticator.objects.filter(user_id=user_id, type=Authenticator.Type.WEBAUTHN).order_by("pk")
    return [Key(row.pk, str(row.data["name"]), row) for row in rows]


def registration(request: HttpRequest, user: User) -> str:
    """Return what the browser is asked, as JSON, to make a key."""
    with request_context(request):
        return _json(webauthn.begin_registration(user, passwordless=False))


def question(request: HttpRequest, user: User) -> str:
    """Return what the browser is asked, as JSON, to show a key; nothing for those who have none."""
    if not keys_of(user.pk):
        return ""
    with request_context(request):
        return _json(webauthn.begin_authentication(user))


def register(request: HttpRequest, *, by: Caller, user: User, name: str, answer: str) -> list[str]:
    """Keep a new key; return recovery codes if these are the first. Raises Invalid."""
    with request_context(request):
        try:
            credential = _credential(answer)
            webauthn.complete_registration(credential)
        except NONSENSE:
            raise Invalid.field("name", REFUSAL) from None
        finally:
            webauthn.clear_state()
    with unit_of_work():
        User.objects.select_for_update().get(pk=user.pk)
        if len(keys_of(user.pk)) >= MOST:
            raise Invalid.field("name", f"There are {MOST} keys already.")
        webauthn.WebAuthn.add(user, name, credential)
        has_codes = Authenticator.objects.filter(user=user, type=Authenticator.Type.RECOVERY_CODES).exists()
        codes: list[str] = [] if has_codes else RecoveryCodes.activate(user).get_unused_codes()
        audit.record("factor:key-added", by=by, target=f"user:{user.pk}", after={"username": user.username})
        tell_access_changed(by=by, user_id=user.pk)
    return codes


def is_shown(request: HttpRequest, user: User, answer: str) -> bool:
    """Say whether one of their keys answered this session's question."""
    with request_context(request):
        try:
            found = webauthn.complete_authentication(user, _credential(answer))
        except NONSENSE:
            return False
        finally:
            webauthn.clear_state()
    found.record_usage()
    return True


def remove(*, by: Caller, user: User, key_id: int) -> None:
    """Take a key away; with the last factor go the recovery codes."""
    with unit_of_work():
        own = Authenticator.objects.filter(user=user)
        gone, _ = own.filter(pk=key_id, type=Authenticator.Type.WEBAUTHN).delete()
        if not own.filter(type__in=FACTORS).exists():
            own.delete()
        if gone:
            was = {"username": user.username}
            audit.record("factor:key-removed", by=by, target=f"user:{user.pk}", before=was)
        tell_access_changed(by=by, user_id=user.pk)


def _json(options: dict[str, Any]) -> str:
    return orjson.dumps(options, default=dict).decode()


def _credential(answer: str) -> dict[str, Any]:
    if len(answer) > LONGEST_ANSWER:
        raise ValueError("too long")
    found = orjson.loads(answer)
    if not isinstance(found, dict):
        raise TypeError("no object")
    return found
