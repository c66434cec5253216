"""How unusable settings are told: all at once, by name, with secrets masked."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from settings.env import SECRETS, Environment

LONGEST_SHOWN = 80


@dataclass(frozen=True)
class Problem:
    """One variable that can not be used, and why."""

    variable: str
    said: str
    allowed: str

    def __str__(self) -> str:
        return f"{self.variable} {self.said}; allowed: {self.allowed}"


class UnusableEnvironment(Exception):
    """The environment can not be used; the text lists every problem."""

    def __init__(self, profile: str, problems: Sequence[Problem]) -> None:
        count = "1 setting is" if len(problems) == 1 else f"{len(problems)} settings are"
        lines = "".join(f"\n  {problem}" for problem in problems)
        super().__init__(f"Bellhop can not start with settings.{profile}: {count} unusable.{lines}")
        self.profile, self.problems = profile, tuple(problems)


def allowed(variable: str) -> str:
    """What a variable may hold, in the words of the schema."""
    return Environment.model_fields[variable.lower()].description or ""


def shown(variable: str, value: str) -> str:
    """A value as it may be printed: a secret never, an address without its password."""
    if variable.endswith("_URL"):
        return masked_address(value)
    if variable in SECRETS:
        return "********" if value else ""
    return value if len(value) <= LONGEST_SHOWN else f"{value[:LONGEST_SHOWN]}…"


def masked_address(address: str) -> str:
    """An address without its password; what does not look like one is not shown at all."""
    found = re.match(r"^([a-z0-9+]+://)(?:([^:@/]*):[^/]*@|([^:@/]*)@)?([^?#@]*)", address)
    if not found:
        return "********"
    scheme, user, lone_user, rest = found.groups()
    who = f"{user}:********@" if user is not None else f"{lone_user}@" if lone_user is not None else ""
    return f"{scheme}{who}{rest}"
