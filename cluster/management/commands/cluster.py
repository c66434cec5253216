"""`manage.py cluster`: look at the cluster, watch it, tell its nodes what to do."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import Error as DatabaseProblem

from cluster import control
from cluster.connections import connection_of_its_own
from cluster.console import arguments, configuration, exits, ordering, pictures, screen, watching
from cluster.overview import look

Said = dict[str, Any]


class Command(BaseCommand):
    """``cluster status|nodes|watch|send|drain|undrain|cache-clear|config``."""

    help = "Look at the cluster, watch it, tell its nodes what to do."
    requires_system_checks = []

    def create_parser(self, prog_name: str, subcommand: str, **options: Any) -> CommandParser:
        """Put the exit codes under the help."""
        options |= {"epilog": exits.EPILOG, "formatter_class": argparse.RawDescriptionHelpFormatter}
        return super().create_parser(prog_name, subcommand, **options)

    def add_arguments(self, parser: CommandParser) -> None:
        """Offer the verbs."""
        arguments.declare(parser)

    def handle(self, *args: Any, **options: Any) -> None:
        """Run the verb, on a connection that neither waits in a pool nor long for anything."""
        verbs: dict[str, Callable[[Said], int]] = {
            "status": self._status,
            "nodes": self._nodes,
            "watch": self._watch,
            "send": self._send,
            "cache-clear": self._clear,
            "config": self._config,
        }
        try:
            with connection_of_its_own():
                code = verbs.get(options["verb"], self._order)(options)
        except DatabaseProblem as problem:
            why = str(problem).strip().splitlines() or [type(problem).__name__]
            raise CommandError(
                f"The database can not be used: {why[0]}", returncode=exits.DATABASE_AWAY
            ) from None
        except control.UnknownNode as unknown:
            raise CommandError(str(unknown), returncode=exits.NOBODY) from None
        if code:
            sys.exit(code)

    def _status(self, said: Said) -> int:
        seen = look()
        if said["json"]:
            self.stdout.write(screen.line(seen.as_json()))
        else:
            screen.console(self.stdout).print(pictures.whole(seen, watched=self.stdout.isatty()))
        if not seen.alive:
            return exits.NOBODY
        return exits.DONE if seen.is_well else exits.FAILED

    def _nodes(self, said: Said) -> int:
        seen = look()
        if said["json"]:
            self.stdout.write(screen.line(seen.as_json()["nodes"]))
        else:
            screen.console(self.stdout).print(pictures.nodes(seen, watched=self.stdout.isatty()))
        if not seen.alive:
            return exits.NOBODY
        return exits.DONE if len(seen.alive) == len(seen.nodes) else exits.FAILED

    def _watch(self, said: Said) -> int:
        watching.watch(self.stdout, seconds=said["for"], changes=said["changes"], as_json=said["json"])
        return exits.DONE

    def _config(self, said: Said) -> int:
        return configuration.show(self.stdout, everything=said["all"], as_json=said["json"])

    def _send(self, said: Said) -> int:
        try:
            told = ordering.pairs(said["arguments"])
        except ValueError as wrong:
            raise CommandError(f"{wrong}.", returncode=exits.SILENT) from None
        return self._give(said["command"], told, said["to"] or None, said)

    def _order(self, said: Said) -> int:
        """Drain or undrain: never everybody by mistake."""
        if bool(said["nodes"]) == said["all"]:
            raise CommandError("Name nodes, or say --all, one of the two.", returncode=exits.SILENT)
        reason = {"reason": said["reason"]} if said.get("reason") else {}
        return self._give(said["verb"], reason, said["nodes"] or None, said)

    def _clear(self, said: Said) -> int:
        return self._give(said["verb"], {}, said["nodes"] or None, said)

    def _give(self, name: str, told: Said, to: list[str] | None, said: Said) -> int:
        return ordering.give(
            name, told, to=to, seconds=said["timeout"], output=self.stdout, as_json=said["json"]
        )
