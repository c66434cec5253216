"""Whether there is one leader a term, and a deposed one keeps still."""

from __future__ import annotations

from collections import defaultdict

from requests_app.drill.journal import Aftermath, Journal

SYSTEM = "system"


def quarrels(journal: Journal) -> list[str]:
    """Name each term that had two leaders, and each node that went back to an older term."""
    leaders, newest, found = defaultdict[int, set[str]](set), dict[str, int](), []
    for status in sorted(journal.statuses, key=lambda it: it.at):
        if status.leader is not None:
            leaders[status.term].add(status.leader)
        if status.term < newest.get(status.said_by, 0):
            found.append(f"{status.said_by} went back to term {status.term}")
        newest[status.said_by] = max(status.term, newest.get(status.said_by, 0))
    twice = [
        f"term {term} was led by {' and '.join(sorted(who))}" for term, who in leaders.items() if len(who) > 1
    ]
    return found + twice


def after_its_time(after: Aftermath, deposed: str, since: int) -> list[str]:
    """Name what a deposed leader wrote by itself, not for a caller, after a number of the log."""
    return [
        f"{entry.event} {entry.seq} of request {entry.request_id}"
        for entry in after.log
        if entry.seq > since and entry.instance == deposed and entry.actor == SYSTEM
    ]
