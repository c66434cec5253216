"""The words of ``manage.py cluster``."""

from __future__ import annotations

import argparse
import math
from typing import Any

from django.core.management.base import CommandParser

from cluster import control

TIMEOUT = 5.0
LONGEST = 600.0


def declare(parser: CommandParser) -> None:
    """Add every verb with what it takes."""
    names = "status|nodes|watch|send|drain|undrain|cache-clear|config"
    verbs = parser.add_subparsers(dest="verb", required=True, metavar=names)
    _add(verbs, "status", "who is there, who leads, what is wrong, what happened lately")
    _add(verbs, "nodes", "the nodes alone")
    _watch(_add(verbs, "watch", "the cluster live: a picture on a terminal, else one line a change"))
    _send(_add(verbs, "send", "order any command and wait for the answers"))
    _order(_add(verbs, "drain", "take nodes out of the balancer and let them finish"), reason=True)
    _order(_add(verbs, "undrain", "let drained nodes serve again"))
    _order(_add(verbs, "cache-clear", "empty the caches of nodes, all unless named"), everybody=True)
    config = _add(verbs, "config", "which settings differ between nodes, secrets as digests")
    config.add_argument("--all", action="store_true", help="also settings that are the same everywhere")


def _add(verbs: Any, name: str, words: str) -> CommandParser:
    raw = argparse.RawDescriptionHelpFormatter
    verb: CommandParser = verbs.add_parser(
        name, help=words, description=_sentence(words), formatter_class=raw
    )
    verb.add_argument(
        "--json", action="store_true", help="one JSON value on standard output; of watch, one a line"
    )
    return verb


def _watch(verb: CommandParser) -> None:
    verb.add_argument("--for", type=_seconds, metavar="SECONDS", help="end after so long (default: Ctrl-C)")
    verb.add_argument("--changes", type=_count, metavar="N", help="end after so many changes")


def _send(verb: CommandParser) -> None:
    verb.add_argument("command", metavar="COMMAND", help="one of those below")
    verb.add_argument("arguments", nargs="*", metavar="NAME=VALUE", help="what the command takes")
    verb.add_argument(
        "--to", action="append", metavar="NODE", help="this node; may be repeated (default: all)"
    )
    _timeout(verb)
    known = [f"  {command.name:<14}{command.help}" for command in control.registered().values()]
    verb.epilog = "\n".join(["commands of this release:", *known])


def _order(verb: CommandParser, *, reason: bool = False, everybody: bool = False) -> None:
    verb.add_argument("nodes", nargs="*", metavar="NODE", help="which, by instance id")
    if not everybody:
        verb.add_argument("--all", action="store_true", help="every node")
    if reason:
        verb.add_argument("--reason", default="", help="why, for the log")
    _timeout(verb)


def _timeout(verb: CommandParser) -> None:
    verb.add_argument(
        "--timeout",
        type=_seconds,
        default=TIMEOUT,
        metavar="SECONDS",
        help=f"how long to wait for the answers (default: {TIMEOUT:g})",
    )


def _seconds(text: str) -> float:
    number = float(text)
    if not (math.isfinite(number) and 0 <= number <= LONGEST):
        raise argparse.ArgumentTypeError(f"{text} is not between 0 and {LONGEST:g}")
    return number


def _count(text: str) -> int:
    number = int(text)
    if number < 1:
        raise argparse.ArgumentTypeError(f"{text} is not 1 or more")
    return number


def _sentence(words: str) -> str:
    return f"{words[0].upper()}{words[1:]}."
