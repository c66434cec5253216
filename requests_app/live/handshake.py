"""Who is at the door of a socket, and from which page they come."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from importlib import import_module
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.contrib.auth import get_user
from django.http import HttpRequest, parse_cookie
from django.http.request import split_domain_port, validate_host

from cluster.answers.problems import AuthenticationRequired
from requests_app.live.protocol import SUBPROTOCOL
from security import authentication, tickets
from security.addresses import behind_proxies
from security.caller import Caller
from security.watch import blocks, sources

TICKET = "ticket."


@dataclass(frozen=True, slots=True)
class Visitor:
    """What a handshake shows. Of several credentials the header counts, then the ticket, then the cookie."""

    speaks_ours: bool
    authorization: str = ""
    ticket: str = ""
    session_key: str = ""
    origin: str = ""
    host: str = ""
    address: str = ""

    @classmethod
    def of(cls, scope: Mapping[str, Any]) -> Visitor:
        """Return the visitor of an ASGI scope."""
        headers = {name.lower(): value.decode("latin-1") for name, value in scope["headers"]}
        offered: list[str] = scope.get("subprotocols", [])
        return cls(
            speaks_ours=SUBPROTOCOL in offered,
            authorization=headers.get(b"authorization", "").strip(),
            ticket=next((word.removeprefix(TICKET) for word in offered if word.startswith(TICKET)), ""),
            session_key=parse_cookie(headers.get(b"cookie", "")).get(settings.SESSION_COOKIE_NAME, ""),
            origin=headers.get(b"origin", "").lower(),
            host=headers.get(b"host", "").lower(),
            address=behind_proxies(
                str((scope.get("client") or ("",))[0]),
                headers.get(b"x-forwarded-for", ""),
                settings.TRUSTED_PROXIES,
            ),
        )

    @property
    def is_led_here(self) -> bool:
        """Say whether a foreign page may have opened this socket with somebody else's credential.

        Browsers send cookies along by themselves, and always name the page's origin: who names none
        is no browser. A header no page can set.
        """
        if not self.origin or self.authorization or self._is_ours():
            return False
        if self.ticket:
            return self.origin not in settings.CORS_ALLOWED_ORIGINS
        return bool(self.session_key)

    @property
    def is_kept_out(self) -> bool:
        """Say whether an operator has blocked the whole address."""
        found = blocks.find(sources.of_address(self.address)) if blocks.are_there() else None
        return found is not None and found.is_whole

    def _is_ours(self) -> bool:
        domain, _ = split_domain_port(self.host)
        page = urlsplit(self.origin)
        # Whoever sits in the middle can write a page of ours, as long as it came without TLS.
        if settings.HTTPS_ONLY and page.scheme != "https":
            return False
        return page.netloc == self.host and validate_host(domain, settings.ALLOWED_HOSTS)


@dataclass(frozen=True, slots=True)
class Standing:
    """Who somebody was found to be, and how to find out again."""

    caller: Caller
    session_key: str = ""

    def renewed(self) -> Standing:
        """Return what they are now. Raises AuthenticationRequired when they are nobody any more."""
        if self.session_key:
            return _of_session(self.session_key)
        return Standing(authentication.renew(self.caller))


def identify(visitor: Visitor) -> Standing:
    """Return who the visitor is. Raises AuthenticationRequired, or SuspiciousRequest for the blocked."""
    if visitor.authorization:
        return Standing(_known(authentication.authenticate(visitor.authorization)))
    if visitor.ticket:
        return Standing(_known(tickets.redeem(visitor.ticket)))
    return _of_session(visitor.session_key)


def _of_session(session_key: str) -> Standing:
    if not session_key:
        raise AuthenticationRequired
    request = HttpRequest()
    request.session = import_module(settings.SESSION_ENGINE).SessionStore(session_key)
    caller = authentication.caller_for_session(get_user(request), request.session)
    return Standing(_known(caller), session_key)


def _known(caller: Caller) -> Caller:
    if not caller.is_known:
        raise AuthenticationRequired
    blocks.require_free(caller)
    return caller
