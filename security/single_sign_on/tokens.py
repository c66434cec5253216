"""Believing an ID token: signed by the provider, for us, now, and for this very try."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import jwt
from django.conf import settings
from django.utils.crypto import constant_time_compare

from security.single_sign_on.provider import Provider
from security.single_sign_on.refusals import Refused

# Never `none`, and never HS…: there anybody who knows the public key, or our secret, could sign.
ALGORITHMS = ("RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512", "EdDSA")
NEEDED = ("iss", "sub", "aud", "exp", "iat", "nonce")
CLOCK_SECONDS = 60
LONGEST_TOKEN = 32 * 1024
LONGEST_SUBJECT = 255
STRONG = frozenset({"mfa", "otp", "hwk"})


@dataclass(frozen=True, slots=True)
class Claims:
    """What the provider vouches for."""

    issuer: str
    subject: str
    username: str
    has_second_factor: bool


def read(token: str, *, provider: Provider, nonce: str) -> Claims:
    """Return what a token says. Raises Refused unless all of it holds."""
    said = _verified(token, provider)
    _require_for_us(said)
    if not constant_time_compare(str(said["nonce"]), nonce):
        raise Refused("wrong-nonce")
    subject = said["sub"]
    if not isinstance(subject, str) or not 0 < len(subject) <= LONGEST_SUBJECT:
        raise Refused("wrong-subject")
    ways = said.get("amr")
    shown = isinstance(ways, list) and any(way in STRONG for way in ways if isinstance(way, str))
    return Claims(provider.issuer, subject, _username(said), shown)


def _verified(token: str, provider: Provider) -> Mapping[str, Any]:
    if len(token) > LONGEST_TOKEN:
        raise Refused("token-too-long")
    try:
        # The header is looked at first: a token that could not be good costs no fetch of keys.
        header = jwt.get_unverified_header(token)
        if header.get("alg") not in ALGORITHMS:
            raise Refused("wrong-algorithm")
        key = provider.keys.get_signing_key(str(header.get("kid", "")))
        said: Mapping[str, Any] = jwt.decode(
            token,
            key,
            algorithms=ALGORITHMS,
            audience=settings.OIDC_CLIENT_ID,
            issuer=provider.issuer,
            leeway=CLOCK_SECONDS,
            options={"require": list(NEEDED)},
        )
    except jwt.PyJWTError as error:
        raise Refused(type(error).__name__) from None  # its text may hold claims
    return said


def _require_for_us(said: Mapping[str, Any]) -> None:
    """A token for several must say that it was made for us; so must any that says for whom."""
    several = isinstance(said["aud"], list) and len(said["aud"]) > 1
    if (several or "azp" in said) and said.get("azp") != settings.OIDC_CLIENT_ID:
        raise Refused("wrong-authorized-party")


def _username(said: Mapping[str, Any]) -> str:
    """Return the name by which a person may be linked; nothing for an address nobody has checked."""
    claim: str = settings.OIDC_USERNAME_CLAIM
    if claim == "email" and said.get("email_verified") is not True:
        return ""
    value = said.get(claim)
    return value if isinstance(value, str) else ""
