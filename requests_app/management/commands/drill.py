"""`manage.py drill`: break the cluster under load and see whether every promise holds."""

from __future__ import annotations

import asyncio
import json
import secrets
import signal
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from random import Random
from typing import Any, cast

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser
from rich.console import Console

from cluster import identity
from cluster.local.nodes import Application
from requests_app.drill import grounds, runner, scoreboard
from requests_app.drill.faults import NoMeans
from requests_app.drill.load.people import CannotBegin, log_in
from requests_app.drill.scenarios import ALL, Result, Scenario
from requests_app.drill.stage import Lengths, Stage

BROKEN, NOT_BEGUN = 1, 2
NODES, NODES_SHORT = 3, 2
WIDTH = 110


class Command(BaseCommand):
    """Play the scenarios on a running local cluster and print the scoreboard.

    Leaves with 1 when a promise was broken, with 2 when it could not begin.
    """

    help = "Break a local cluster under load and check every promise (1: one was broken, 2: could not begin)."
    requires_system_checks = []

    def add_arguments(self, parser: CommandParser) -> None:
        """Which scenarios, how long, on what."""
        add = parser.add_argument
        names = [scenario.name for scenario in ALL]
        add("--list", action="store_true", help="list the scenarios and what they promise")
        add("--only", nargs="+", choices=names, metavar="NAME", help="only these scenarios")
        add("--short", action="store_true", help="the form that runs on every change, within 100 seconds")
        add("--up", action="store_true", help="on a cluster of its own, taken down afterwards")
        add("--nodes", type=int, choices=range(1, 10), metavar="N", help="web and live nodes of --up (3; 2)")
        add("--url", help="a service that is not ours to break: only what needs no fault")
        add("--node", action="append", default=[], metavar="NAME=URL", help="a node of --url (repeatable)")
        add("--password", default="", help="of the demo's cast (DEMO_PASSWORD, or what make cluster printed)")
        add("--seed", default="", help="the same seed draws the same victims and the same load")
        add("--json", action="store_true", help="print one JSON object")

    def handle(self, *args: Any, **options: Any) -> None:
        """List, or play and tell."""
        chosen = _chosen(options)
        if options["list"]:
            self._list(chosen, as_json=options["json"])
            return
        options["seed"] = options["seed"] or secrets.token_hex(4)
        file = self.stderr if options["json"] else self.stdout
        console = Console(file=cast("Any", file), width=None if file.isatty() else WIDTH)
        signal.signal(signal.SIGTERM, _end_in_order)
        try:
            with _ground(options, lambda said: console.print(said, style="dim")) as ground:
                results = asyncio.run(_drill(ground, chosen, options, console))
        except (CannotBegin, NoMeans) as problem:
            raise CommandError(str(problem), returncode=NOT_BEGUN) from problem
        if options["json"]:
            told = scoreboard.as_json(results, seed=options["seed"])
            self.stdout.write(json.dumps(told, ensure_ascii=False))
        said = f"{scoreboard.summary(results)} (--seed {options['seed']})"
        console.print(said, markup=False, highlight=False)
        if not all(result.kept for result in results):
            raise SystemExit(BROKEN)

    def _list(self, chosen: list[Scenario], *, as_json: bool) -> None:
        if as_json:
            told = [{"name": it.name, "promise": it.promise, "short": it.in_short} for it in chosen]
            self.stdout.write(json.dumps(told, ensure_ascii=False))
            return
        for it in chosen:
            self.stdout.write(f"{it.name:<20}{it.promise}")


def _chosen(options: dict[str, Any]) -> list[Scenario]:
    if options["only"]:
        return [scenario for scenario in ALL if scenario.name in options["only"]]
    return [scenario for scenario in ALL if scenario.in_short or not options["short"]]


@contextmanager
def _ground(options: dict[str, Any], say: Callable[[str], None]) -> Iterator[grounds.Ground]:
    password = options["password"] or settings.DEMO_PASSWORD or ""
    application = Application(**settings.LOCAL_CLUSTER)
    if options["url"]:
        yield grounds.given(options["url"], options["node"], password)
    elif options["up"]:
        nodes = options["nodes"] or (NODES_SHORT if options["short"] else NODES)
        with grounds.own(
            application, release=identity.RELEASE, nodes=nodes, password=password, say=say
        ) as ground:
            yield ground
    else:
        yield grounds.standing(Path(settings.DATA_DIR).absolute() / "local", application, password)


async def _drill(
    ground: grounds.Ground, chosen: list[Scenario], options: dict[str, Any], console: Console
) -> list[Result]:
    place, faults = ground
    people = await log_in(place.url, place.password)
    lengths = Lengths.short() if options["short"] else Lengths()
    stage = Stage(place, people, faults, Random(options["seed"]), lengths)  # noqa: S311 - draws a load
    return await runner.play(
        stage,
        chosen,
        lambda said: console.print(said, style="dim", highlight=False),
        lambda result: scoreboard.show(console, result),
    )


def _end_in_order(*_: object) -> None:
    """Turn SIGTERM into Ctrl-C, so that a cluster of our own is taken down."""
    raise KeyboardInterrupt
