"""Marks a decorator leaves on an operation for the finishing hook, which takes them off again."""

from __future__ import annotations

PAGED = "x-paged"
CURSOR = "x-cursor"
ETAG = "x-etag"
WRITES = "x-writes"
VERSIONED = "x-versioned"
REPLACES = "x-not-modified"
STRANGERS = "x-strangers"
CACHED = "x-cached"

ALL = (PAGED, CURSOR, ETAG, WRITES, VERSIONED, REPLACES, STRANGERS, CACHED)
