"""Who must show a second factor."""

from __future__ import annotations

from collections.abc import Iterable

from django.conf import settings

SUPERUSER = "superuser"


def is_demanded(*, is_superuser: bool, roles: Iterable[str]) -> bool:
    """Say whether any of these roles needs one (``MFA_REQUIRED_ROLES``)."""
    needed: frozenset[str] = settings.MFA_REQUIRED_ROLES
    if not needed:
        return False
    return (is_superuser and SUPERUSER in needed) or not needed.isdisjoint(roles)
