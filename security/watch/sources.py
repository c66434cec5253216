"""The name of whoever is watched: the caller where there is one, else the address."""

from __future__ import annotations

import re
from ipaddress import IPv6Address, ip_address, ip_network

from django.http import HttpRequest

from security.addresses import client_address
from security.caller import Caller

_IDENTITY = re.compile(r"(?:user|stay|key):[1-9][0-9]{0,17}", re.ASCII)


def of_address(address: str) -> str:
    """Return the source of an address; an IPv6 client owns all of its /64."""
    try:
        found = ip_address(address)
    except ValueError:
        return "address:unknown"
    if isinstance(found, IPv6Address):
        return f"address:{ip_network((found, 64), strict=False)}"
    return f"address:{found}"


def of_request(request: HttpRequest) -> str:
    """Return the source a call without a credential belongs to."""
    return of_address(client_address(request))


def of(request: HttpRequest, caller: Caller) -> str:
    """Return the source of a call."""
    return caller.identity() if caller.is_known else of_request(request)


def named(text: str) -> str:
    """Return the source an operator means by an address or an identity. Raises ValueError."""
    text = text.strip()
    if _IDENTITY.fullmatch(text):
        return text
    bare = text.removeprefix("address:").partition("/")[0]
    return of_address(str(ip_address(bare)))
