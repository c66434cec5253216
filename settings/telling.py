"""The way out of a process that can not use its settings: one message, exit status 78."""

import json
import os
import sys
from collections.abc import Iterator, MutableMapping, Sequence
from contextlib import contextmanager
from itertools import pairwise

from django.db import DatabaseError, InterfaceError

from settings.problems import Problem, UnusableEnvironment
from settings.reading import read

UNUSABLE = 78  # EX_CONFIG of sysexits.h
AWAY = 69  # EX_UNAVAILABLE
MODULE = "DJANGO_SETTINGS_MODULE"
PROFILES = ("dev", "staging", "prod")
CHECKING = "check_config"


@contextmanager
def told_to_the_operator(*, as_json: bool = False) -> Iterator[None]:
    """Turn unusable settings into one message on stderr and exit status 78."""
    try:
        yield
    except UnusableEnvironment as unusable:
        leave(unusable, as_json=as_json)
    except ModuleNotFoundError as missing:
        module = os.environ.get(MODULE, "")
        if not missing.name or f"{module}.".find(f"{missing.name}.") != 0:
            raise
        leave(with_unknown_profile(module), as_json=as_json)


@contextmanager
def database_told(words: Sequence[str]) -> Iterator[None]:
    """Turn a database that is away, or not migrated, into one sentence and exit status 69."""
    try:
        yield
    except (DatabaseError, InterfaceError) as problem:
        if "--traceback" in words:
            raise
        said = next(iter(str(problem).splitlines()), type(problem).__name__)
        print(f"The database can not be used: {said}", file=sys.stderr)
        print("Is it there, and is it migrated (manage.py migrate)? --traceback tells more.", file=sys.stderr)
        sys.exit(AWAY)


def with_unknown_profile(module: str) -> UnusableEnvironment:
    """All that is wrong where there is no such profile; the rest is held to what prod is."""
    found = [Problem(MODULE, f"is {module!r}, which is not there", known_modules())]
    try:
        read()
    except UnusableEnvironment as unusable:
        found += unusable.problems
    return UnusableEnvironment("prod", found)


def known_modules() -> str:
    """The profiles, by the names that choose them."""
    return ", ".join(f"settings.{name}" for name in PROFILES)


def leave(unusable: UnusableEnvironment, *, as_json: bool) -> None:
    """Say what is wrong, to a person or a program, and end."""
    if as_json:
        problems = [
            {"variable": it.variable, "said": it.said, "allowed": it.allowed} for it in unusable.problems
        ]
        print(json.dumps({"profile": unusable.profile, "usable": False, "problems": problems}, indent=2))
    else:
        print(unusable, file=sys.stderr)
    sys.exit(UNUSABLE)


def wants_json(words: Sequence[str]) -> bool:
    """Say whether `check_config --json` was called."""
    return words[1:2] == [CHECKING] and "--json" in words


def choose_profile(words: Sequence[str], environ: MutableMapping[str, str] = os.environ) -> None:
    """Let `check_config --profile NAME` look through that profile's eyes, before any settings are read."""
    if words[1:2] == [CHECKING]:
        for word, following in pairwise([*words[2:], ""]):
            name = following if word == "--profile" else word.removeprefix("--profile=")
            if word.startswith("--profile") and name in PROFILES:
                environ[MODULE] = f"settings.{name}"
