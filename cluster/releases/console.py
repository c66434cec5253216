"""What `rollback` and `rollout` have in common: look first, then walk, tell each step."""

from __future__ import annotations

import argparse
import getpass
import json
from collections.abc import Iterable
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from cluster import flags
from cluster.releases import walking
from cluster.releases.walking import Gate, Refused, Step, Stopped

EXIT_CODES = """
exit codes: 0 every living node runs it · 1 a node failed, the walk stopped there · 2 refused, nothing done
"""
STOPPED, REFUSED = 1, 2


class WalkingCommand(BaseCommand):
    """Takes the cluster to a release, node by node, without a failed call."""

    story = ""
    way_out = ""
    """What is said to somebody whose walk stopped half-way."""
    _release = ""

    def create_parser(self, prog_name: str, subcommand: str, **options: Any) -> CommandParser:
        """Put the story and the exit codes under the help."""
        form = argparse.RawDescriptionHelpFormatter
        told = {"epilog": self.story + EXIT_CODES, "formatter_class": form}
        return super().create_parser(prog_name, subcommand, **options, **told)

    def add_arguments(self, parser: CommandParser) -> None:
        """How patiently, and how to tell."""
        parser.add_argument("--dry-run", action="store_true", help="only ask every node whether it could go")
        parser.add_argument(
            "--timeout", type=float, default=Gate().back, help="seconds a node may take to come back (60)"
        )
        parser.add_argument("--json", action="store_true", help="one JSON object a step")

    def release(self, options: dict[str, Any]) -> str:
        """Return where to go. Raises Refused."""
        raise NotImplementedError

    def goes_back(self) -> bool:
        """Say whether the release is an older one, so that floors and flags matter."""
        raise NotImplementedError

    def handle(self, *_args: Any, **options: Any) -> None:
        """Look first, then walk."""
        try:
            self._go(self.release(options), options)
        except Refused as refused:
            raise CommandError(str(refused), returncode=REFUSED) from None
        except Stopped as stopped:
            way_out = "" if options["dry_run"] else self.way_out
            raise CommandError(f"{stopped}{way_out}", returncode=STOPPED) from None

    def _go(self, release: str, options: dict[str, Any]) -> None:
        self._release = release
        if self.goes_back():
            walking.refuse_below_floor(release)
        off = walking.flags_newer_than(release) if self.goes_back() else []
        march = [] if options.get("flags_only") else walking.order_of_march()
        if options["dry_run"]:
            self._would(release, off, march, options)
        else:
            self._do(release, off, march, options)
        self._tell(options, walking.passed_over())

    def _would(self, release: str, off: list[str], march: list[str], options: dict[str, Any]) -> None:
        for name in off:
            self._say(options, "", f"would switch off {name}")
        self._say(options, "", f"would take to {release}: {', '.join(march) or 'nobody'}")
        if march:
            gate = Gate(back=options["timeout"])
            self._tell(options, walking.preview(release, march, by=getpass.getuser(), gate=gate))

    def _do(self, release: str, off: list[str], march: list[str], options: dict[str, Any]) -> None:
        operator = getpass.getuser()
        for name in flags.switch(off, on=False, by={"kind": "operator", "name": operator}):
            self._say(options, "", f"switched off {name}")
        gate = Gate(back=options["timeout"])
        self._tell(options, walking.walk(release, march, by=operator, gate=gate))

    def _tell(self, options: dict[str, Any], steps: Iterable[Step]) -> None:
        for step in steps:
            self._say(options, step.node, step.sentence)

    def _say(self, options: dict[str, Any], node: str, sentence: str) -> None:
        if options["json"]:
            line = json.dumps({"release": self._release, "node": node or None, "step": sentence})
        else:
            line = f"{node or 'cluster'}: {sentence}"
        self.stdout.write(line)
        self.stdout.flush()
