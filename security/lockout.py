"""A door that stays shut after five wrong passwords for one user from one address.

A try is counted before the password is looked at and forgiven when it was right, so that many tries
at the same moment, at any nodes, are not one more than five. By user and address together: nobody
can lock a colleague out from elsewhere, and a hotel behind one address is not locked by one of its people.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass

from django.http import HttpRequest

from cluster import limits
from cluster.answers.problems import LimitExceeded
from security import audit
from security.addresses import client_address, network_of
from security.limits.rules import Rule
from security.limits.telling import decide

LOCKED = "login:locked"
RULE = Rule("lockout", limit=5, window_ms=15 * 60 * 1000)


@dataclass(frozen=True, slots=True)
class Try:
    """One try that may go on."""

    key: str

    def succeeded(self) -> None:
        """Forget the failures before it."""
        limits.forget(self.key)

    def does_not_count(self) -> None:
        """Neither a failure nor forgiveness: the password was right, and something is still to be shown."""
        limits.give_back(self.key)


def attempt(request: HttpRequest, username: str) -> Try:
    """Count a try to be ``username``. Raises LimitExceeded while the door is shut."""
    name = hashlib.sha256(username.casefold().encode(errors="surrogateescape")).hexdigest()[:32]
    key = f"login:{name}:{network_of(client_address(request))}"
    try:
        decide(RULE, limits.take(key, limit=RULE.limit, window_ms=RULE.window_ms))
    except LimitExceeded:
        audit.happened(LOCKED, typed=username)
        raise
    return Try(key)
