"""Switches that act on every node within a second, without a restart.

    CACHING = flags.declare("request-caching", "Lists are answered from the cache.", since="0.1.0")
    …
    if flags.is_on(CACHING): …

A flag is on until it is switched off: for everyone, for a share of all callers, or for those with a
label. ``since`` is the release that brought what it switches: a rollback below that release
switches it off first, everywhere, before any node changes.
"""

from cluster.flags.reading import (
    follow,
    is_forced_off,
    is_known_on,
    is_off_for_some,
    is_on,
    known_share,
    refresh,
    rule_of,
    rules_by_name,
)
from cluster.flags.registry import Flag, declare, declared, find
from cluster.flags.rules import EVERYBODY, NOBODY, Rule, in_words
from cluster.flags.subjects import Kind, Subject, concern, kinds, register_kind
from cluster.flags.switching import SWITCHED, NotSwitchable, UnknownFlag, switch, switch_to

__all__ = [
    "EVERYBODY",
    "NOBODY",
    "SWITCHED",
    "Flag",
    "Kind",
    "NotSwitchable",
    "Rule",
    "Subject",
    "UnknownFlag",
    "concern",
    "declare",
    "declared",
    "find",
    "follow",
    "in_words",
    "is_forced_off",
    "is_known_on",
    "is_off_for_some",
    "is_on",
    "kinds",
    "known_share",
    "refresh",
    "register_kind",
    "rule_of",
    "rules_by_name",
    "switch",
    "switch_to",
]
