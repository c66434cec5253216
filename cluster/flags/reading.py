"""What is switched off, as this process knows it: a look-up in memory, renewed each half second by the node.

Whoever has read the control stream's head calls ``follow``: its counter tells that something was
switched, so a call that begins after a switch was acknowledged is answered by it, on every node.
"""

from __future__ import annotations

from collections.abc import Mapping
from threading import Lock

from django.conf import settings
from django.db import Error as DatabaseProblem

from cluster.flags.registry import Flag
from cluster.flags.rules import NOBODY, Rule
from cluster.flags.subjects import Subject, concerned
from cluster.models import CONTROL_STREAM, FlagState
from cluster.streams import NEVER, Head, read_standing

VERSION = "flags"
"""The counter of the control stream that grows with every switch: the version of what is cached by flags."""

Rules = Mapping[str, Rule]
NO_RULES: Rules = {}


def rule_of(state: FlagState) -> Rule:
    """Return what a row says; a release before the shares only wrote ``on``."""
    if not state.on:
        return Rule(NOBODY, state.exceptions)
    return Rule(100 if state.percent is None else state.percent, state.exceptions)


def rules_by_name() -> dict[str, Rule]:
    """Return the rule of every flag that was ever switched, from the database."""
    return {state.name: rule_of(state) for state in FlagState.objects.all()}


class Snapshot:
    """The rules of the flags that are not simply on, and the version they were read under."""

    def __init__(self, known: Rules | None = None) -> None:
        self.known = known
        self.version: tuple[str, int] | None = None
        self._reading = Lock()

    def rules(self) -> Rules:
        """Return the rules, read at the first question; with the database away all stays as it was."""
        if self.known is None:
            with self._reading:
                if self.known is None:
                    self.refresh()
        return self.known or NO_RULES

    def follow(self, control: Head) -> bool:
        """Read the flags anew if something was switched by the time this head was read; say whether."""
        version = control.version(VERSION)
        # Where nothing was ever switched there is nothing to read.
        if version == self.version or (not version[1] and self.known == NO_RULES):
            return False
        self.refresh()
        return True

    def refresh(self) -> None:
        """Read the flags anew; the version first, so that a switch in between is seen the next time."""
        try:
            version = read_standing(()).get(CONTROL_STREAM, NEVER).version(VERSION)
            rules = rules_by_name()
        except DatabaseProblem:
            if self.known is not None:
                return
            raise
        self.known = {name: rule for name, rule in rules.items() if not rule.is_plainly_on}
        self.version = version


_snapshot = Snapshot()


def is_on(flag: Flag, subject: Subject | None = None) -> bool:
    """Say whether the flag is on here and now, for ``subject`` or else for whoever makes this call."""
    if is_forced_off(flag):
        return False
    return _holds(_snapshot.rules(), flag, subject)


def is_known_on(flag: Flag, subject: Subject | None = None) -> bool:
    """Say the same from memory alone: never asks the database, and takes what is not known for on."""
    if is_forced_off(flag):
        return False
    return _holds(_snapshot.known or NO_RULES, flag, subject)


def known_share(flag: Flag) -> int:
    """Return, from memory alone, for how many percent of everyone it is on; exceptions are not counted."""
    if is_forced_off(flag):
        return 0
    rule = (_snapshot.known or NO_RULES).get(flag.name)
    shares = [100 if rule is None else rule.everyone, *map(known_share, flag.needs)]
    return min(shares)


def is_off_for_some(flag: Flag) -> bool:
    """Say from memory alone whether there may be anybody the flag is off for."""
    rules = _snapshot.known or NO_RULES
    return is_forced_off(flag) or any(it.name in rules for it in (flag, *flag.needs))


def is_forced_off(flag: Flag) -> bool:
    """Say whether ``FLAGS_FORCE_OFF`` of this process names the flag, or one it needs."""
    forced = settings.FLAGS_FORCE_OFF
    return bool(forced) and (flag.name in forced or any(map(is_forced_off, flag.needs)))


def refresh() -> None:
    """Read the flags anew; the node calls it each half second. With the database away nothing changes."""
    _snapshot.refresh()


def follow(control: Head | None) -> bool:
    """Follow what the control stream's head says, where it was read anyway; say whether that was news."""
    return _snapshot.follow(control or NEVER)


def _holds(rules: Rules, flag: Flag, subject: Subject | None) -> bool:
    if not rules:
        return True
    rule = rules.get(flag.name)
    if rule is not None:
        if rule.is_personal and subject is None:
            subject = concerned()
        if not rule.holds(flag.name, subject):
            return False
    return all(_holds(rules, needed, subject) for needed in flag.needs)
