"""What the provider says of itself: its addresses and its keys, asked once an hour."""

from __future__ import annotations

import threading
import time
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote, urlsplit

import jwt
from django.conf import settings

from security.single_sign_on import fetching
from security.single_sign_on.refusals import Refused

WELL_KNOWN = "/.well-known/openid-configuration"
KEPT_SECONDS = 3600.0
# A token under an unknown key has the keys fetched anew, but no more often than this.
KEYS_PAUSE_SECONDS = 10.0
KEYS_KEPT_SECONDS = 600.0


class Keys(jwt.PyJWKClient):
    """The provider's public keys, fetched the bounded way."""

    def fetch_data(self) -> Any:
        """Return the key set."""
        self._last_successful_fetch = time.monotonic()
        return fetching.ask(self.uri)


@dataclass(frozen=True, slots=True)
class Provider:
    """Where it is asked, and with what its words are checked."""

    issuer: str
    authorization: str
    token: str
    keys: Keys
    takes_basic: bool

    def redeem(self, code: str, *, verifier: str, redirect: str) -> str:
        """Return the ID token for a code. Raises Refused."""
        form = {
            "grant_type": "authorization_code",
            "code": code,
            "redirect_uri": redirect,
            "code_verifier": verifier,
        }
        name, secret = settings.OIDC_CLIENT_ID, settings.OIDC_CLIENT_SECRET
        if self.takes_basic:
            # RFC 6749, 2.3.1: both are form-encoded before they are joined.
            answer = fetching.ask(self.token, form=form, login=(quote(name, safe=""), quote(secret, safe="")))
        else:
            own = {"client_id": name, "client_secret": secret}
            answer = fetching.ask(self.token, form=form | own)
        token = answer.get("id_token")
        if not isinstance(token, str):
            raise Refused("no-id-token")
        return token


_found: dict[str, tuple[float, Provider]] = {}
_asking = threading.Lock()


def known() -> Provider:
    """Return the configured provider. Raises Refused while it can not be asked."""
    issuer: str = settings.OIDC_ISSUER
    with _asking:
        until, provider = _found.get(issuer, (0.0, None))
        if provider is None or until < time.monotonic():
            provider = _described(issuer, fetching.ask(issuer.rstrip("/") + WELL_KNOWN))
            _found.clear()
            _found[issuer] = (time.monotonic() + KEPT_SECONDS, provider)
        return provider


def forget() -> None:
    """Ask again, as after a start."""
    _found.clear()
    fetching.forget_silence()


def _described(issuer: str, said: Mapping[str, Any]) -> Provider:
    if said.get("issuer") != issuer:
        raise Refused("discovery-of-another-issuer")
    ways = said.get("token_endpoint_auth_methods_supported") or ["client_secret_basic"]
    return Provider(
        issuer=issuer,
        authorization=_address(issuer, said.get("authorization_endpoint")),
        token=_address(issuer, said.get("token_endpoint")),
        keys=Keys(
            _address(issuer, said.get("jwks_uri")),
            lifespan=KEYS_KEPT_SECONDS,
            cooldown_duration=KEYS_PAUSE_SECONDS,
        ),
        takes_basic="client_secret_basic" in ways or "client_secret_post" not in ways,
    )


def _address(issuer: str, said: object) -> str:
    """Return an address that is as safe as the issuer's own: never plain HTTP where that is HTTPS."""
    parts = urlsplit(said) if isinstance(said, str) else None
    if parts is None or not parts.hostname or parts.scheme not in {"https", urlsplit(issuer).scheme}:
        raise Refused("discovery-of-an-unsafe-address")
    return parts.geturl()
