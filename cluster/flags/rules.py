"""For whom a flag is on."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from cluster.flags.subjects import Subject

NOBODY, EVERYBODY = 0, 100


@dataclass(frozen=True, slots=True)
class Rule:
    """The share of everyone, in percent, and other shares for those a label names.

    The most specific label that is named decides; where several of one kind are, the smallest share.
    """

    everyone: int = EVERYBODY
    exceptions: Mapping[str, int] = field(default_factory=dict)

    @property
    def is_plainly_on(self) -> bool:
        """Say whether there is nobody it is off for."""
        return self.everyone == EVERYBODY and all(share == EVERYBODY for share in self.exceptions.values())

    @property
    def is_personal(self) -> bool:
        """Say whether it matters whom it is asked about."""
        return bool(self.exceptions) or NOBODY < self.everyone < EVERYBODY

    def holds(self, name: str, subject: Subject | None) -> bool:
        """Say whether the flag of that name is on for somebody; nobody in particular is in every share."""
        share = self._share(subject)
        if share in (NOBODY, EVERYBODY) or subject is None or not subject.key:
            return share > NOBODY
        return lot(name, subject.key) < share

    def changed(self, share: int, label: str) -> Rule:
        """Return the rule after a switch: for everyone without exception, or only for a label."""
        if not label:
            return Rule(share)
        return Rule(self.everyone, {**self.exceptions, label: share})

    def shown(self) -> dict[str, object]:
        """Return the rule as the audit trail and ``--json`` tell it."""
        return {"percent": self.everyone, "exceptions": dict(self.exceptions)}

    def _share(self, subject: Subject | None) -> int:
        if subject is not None and self.exceptions:
            for group in subject.labels:
                named = [self.exceptions[label] for label in group if label in self.exceptions]
                if named:
                    return min(named)
        return self.everyone


def in_words(shown: Mapping[str, Any]) -> str:
    """Return what ``Rule.shown`` tells, as a person says it; news of an older release only say ``on``."""
    percent = shown.get("percent", EVERYBODY if shown.get("on") else NOBODY)
    exceptions = shown.get("exceptions", {}).items()
    return "; ".join([_word(percent), *(f"{label} {_word(share)}" for label, share in sorted(exceptions))])


def _word(percent: int) -> str:
    return {NOBODY: "off", EVERYBODY: "on"}.get(percent, f"{percent} %")


def lot(name: str, key: str) -> float:
    """Return the lot somebody drew for a flag, 0 to 100: the same on every node, for ever.

    So a share that grows only adds people, and those of one flag are not those of the next.
    """
    digest = hashlib.blake2b(f"{name}\0{key}".encode(), digest_size=8).digest()
    return int.from_bytes(digest, "big") * 100 / 2**64
