"""The one answer to "from where": for limits, logs and the audit book alike."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address

from django.conf import settings
from django.http import HttpRequest

Address = IPv4Address | IPv6Address
Network = IPv4Network | IPv6Network

MOST_HOPS = 20
LONGEST_HEADER = 2_000


def client_address(request: HttpRequest) -> str:
    """Return the client's address: the peer's, unless the peer is one of TRUSTED_PROXIES."""
    peer = str(request.META.get("REMOTE_ADDR", ""))
    forwarded = str(request.META.get("HTTP_X_FORWARDED_FOR", ""))
    return behind_proxies(peer, forwarded, settings.TRUSTED_PROXIES)


def network_of(address: str) -> str:
    """Return what a limit counts an address as: an IPv6 customer has a /64 and may use any of it."""
    if ":" not in address:
        return address
    known = _address(address)
    return str(IPv6Network((known, 64), strict=False)) if isinstance(known, IPv6Address) else address


def behind_proxies(peer: str, forwarded: str, trusted: Sequence[Network]) -> str:
    """Return the rightmost address that no trusted proxy has: what stands left of it anybody may write.

    A hop that is no address ends the walk: the proxy that wrote it is the last thing known.
    """
    known = _address(peer)
    if known is None:
        return peer
    if forwarded and _within(known, trusted):
        for hop in _hops(forwarded):
            address = _address(hop)
            if address is None:
                break
            known = address
            if not _within(address, trusted):
                break
    return str(known)


def _hops(forwarded: str) -> Iterator[str]:
    """Yield the hops from the right; only a bounded tail of a long header is looked at."""
    tail = forwarded[-LONGEST_HEADER:]
    yield from reversed(tail.split(",")[-MOST_HOPS:])


def _address(text: str) -> Address | None:
    text = text.strip()
    if text.startswith("["):
        text = text[1:].partition("]")[0]
    elif text.count(":") == 1:
        text = text.partition(":")[0]
    try:
        address = ip_address(text.partition("%")[0])
    except ValueError:
        return None
    # A dual-stack listener shows an IPv4 peer as ::ffff:10.0.0.1.
    mapped = address.ipv4_mapped if isinstance(address, IPv6Address) else None
    return mapped or address


def _within(address: Address, networks: Iterable[Network]) -> bool:
    return any(address in network for network in networks)
