"""The old system's shape of answers: snake_case names in ``data``, and no ``_metadata``."""

from __future__ import annotations

import re
from functools import lru_cache

import orjson

from cluster.answers import dumps

RENAMED = {"requestText": "request_content"}
VERBATIM = frozenset({"items", "candidates"})
"""Values that are told as somebody sent them: their names are not ours."""

BEFORE_CAPITAL = re.compile(r"(?<=[a-z0-9])(?=[A-Z])")


def reshaped(data: bytes) -> bytes:
    """Return encoded ``data`` under the old names."""
    return dumps(_renamed(orjson.loads(data)))


def _renamed(value: object) -> object:
    if isinstance(value, list):
        return [_renamed(one) for one in value]
    if isinstance(value, dict):
        return {_old(name): one if name in VERBATIM else _renamed(one) for name, one in value.items()}
    return value


@lru_cache(maxsize=1024)
def _known(name: str) -> str:
    return RENAMED.get(name) or BEFORE_CAPITAL.sub("_", name).lower()


def _old(name: str) -> str:
    """Return the old name; what is no name of ours (an operation, a node, a code) stays as it is."""
    return _known(name) if name.isidentifier() and name[:1].islower() else name
