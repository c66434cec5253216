"""`manage.py flag`: what is switched off, and switching it."""

import argparse
import getpass
import json
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from cluster import flags
from cluster.flags import Flag, Rule

EXIT_CODES = (
    "exit codes: 0 done, also when it was so already · 1 there is no such flag, or it can not be switched so"
    " · 2 wrong usage"
)
WORDS = {"on": flags.EVERYBODY, "off": flags.NOBODY}


def percent(word: str) -> int:
    """Return the share a word means."""
    if word in WORDS:
        return WORDS[word]
    if not word.isascii() or not word.isdigit() or not flags.NOBODY <= int(word) <= flags.EVERYBODY:
        raise argparse.ArgumentTypeError("say on, off or a whole number from 0 to 100")
    return int(word)


class Command(BaseCommand):
    """Without a name: list the flags. Every node follows within a second, without a restart."""

    help = "List the feature flags, or switch one on, off or to a share of all callers, on every node."

    def create_parser(self, prog_name: str, subcommand: str, **options: Any) -> CommandParser:
        """Put the exit codes under the help."""
        form = argparse.RawDescriptionHelpFormatter
        return super().create_parser(
            prog_name, subcommand, **options, epilog=EXIT_CODES, formatter_class=form
        )

    def add_arguments(self, parser: CommandParser) -> None:
        """A name, a state, and whom it is for."""
        parser.add_argument("name", nargs="?", help="which flag; left out, all are listed")
        parser.add_argument(
            "state", nargs="?", type=percent, help="on, off or a percentage; left out, the flag is shown"
        )
        only = parser.add_mutually_exclusive_group()
        for kind in flags.kinds():
            told = f"only for these: {kind.help}"
            only.add_argument(f"--{kind.name}", dest=f"only_{kind.name}", metavar="WHICH", help=told)
        parser.add_argument("--json", action="store_true", help="one JSON value on standard output")

    def handle(self, *args: Any, **options: Any) -> None:
        """Switch, then show."""
        name, state = options["name"], options["state"]
        try:
            if name and flags.find(name) is None:
                raise flags.UnknownFlag(name)
            if state is not None:
                by = {"kind": "operator", "name": getpass.getuser()}
                flags.switch_to(name, state, by=by, only=_only(options))
        except (flags.UnknownFlag, flags.NotSwitchable) as wrong:
            raise CommandError(str(wrong)) from None
        self._show([flag for flag in flags.declared() if name in (None, flag.name)], as_json=options["json"])

    def _show(self, shown: list[Flag], *, as_json: bool) -> None:
        rules = flags.rules_by_name()
        if as_json:
            self.stdout.write(json.dumps([_row(flag, rules.get(flag.name, Rule())) for flag in shown]))
            return
        for flag in shown:
            state = flags.in_words(rules.get(flag.name, Rule()).shown())
            forced = " (forced off here)" if flags.is_forced_off(flag) else ""
            self.stdout.write(f"{flag.name:<40} {state + forced:<4} {flag.help}")


def _only(options: dict[str, Any]) -> str:
    given = ((kind.name, options.get(f"only_{kind.name}")) for kind in flags.kinds())
    return next((f"{kind}:{value}" for kind, value in given if value), "")


def _row(flag: Flag, rule: Rule) -> dict[str, object]:
    return {
        "name": flag.name,
        "on": rule.everyone > flags.NOBODY,
        **rule.shown(),
        "forcedOff": flags.is_forced_off(flag),
        "needs": [needed.name for needed in flag.needs],
        "since": flag.since,
        "help": flag.help,
    }
