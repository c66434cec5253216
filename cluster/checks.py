"""What the settings must say for this layer to keep its promises."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from django.conf import settings
from django.core.checks import CheckMessage, Error, register

IDENTITY = "cluster.middleware.RequestIdentityMiddleware"
SLASHES = "cluster.middleware.TrailingSlashMiddleware"
PROBES = "cluster.middleware.ProbesMiddleware"
LOOKS_AT_HOST = "django.middleware.common.CommonMiddleware"
HANDLER = "cluster.answers.handle"


@register
def check_middleware(**_: Any) -> list[CheckMessage]:
    """Check that the ids come first, and probes before anything that looks at the host name."""
    return [*_missing(settings.MIDDLEWARE), *_misplaced(settings.MIDDLEWARE)]


@register
def check_refusals(**_: Any) -> list[CheckMessage]:
    """Check that what DRF refuses leaves in the envelope."""
    if settings.REST_FRAMEWORK.get("EXCEPTION_HANDLER") == HANDLER:
        return []
    message = "REST_FRAMEWORK['EXCEPTION_HANDLER'] does not use the envelope."
    return [Error(message, hint=f"Set it to {HANDLER!r}.", id="cluster.E003")]


def _missing(order: list[str]) -> Iterator[CheckMessage]:
    for name in (IDENTITY, SLASHES, PROBES):
        if name not in order:
            yield Error(
                f"MIDDLEWARE lacks {name}.", hint="Add it; see cluster/middleware.", id="cluster.E001"
            )


def _misplaced(order: list[str]) -> Iterator[CheckMessage]:
    places = {name: place for place, name in enumerate(order)}
    for first, then in ((IDENTITY, SLASHES), (SLASHES, PROBES), (PROBES, LOOKS_AT_HOST)):
        if first in places and then in places and places[first] > places[then]:
            yield Error(f"MIDDLEWARE has {first} after {then}.", hint=f"Move {first} up.", id="cluster.E002")
