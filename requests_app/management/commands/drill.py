"""`manage.py drill`: break the cluster under load and see whether every promise holds."""

from __future__ import annotations

import asyncio
import json
import secrets
from pathlib import Path
from random import Random
from typing import Any, cast

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser
from rich.console import Console

from cluster.local import keys
from cluster.local.nodes import Application
from cluster.local.verbs import Cluster
from requests_app.drill import runner, scoreboard
from requests_app.drill.faults import Faults, Local, Nobody, NoMeans
from requests_app.drill.load.people import CannotBegin, log_in
from requests_app.drill.place import Place, parts
from requests_app.drill.scenarios import ALL, Result, Scenario
from requests_app.drill.stage import Lengths, Stage

BROKEN, NOT_BEGUN = 1, 2


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
        seed = options["seed"] or secrets.token_hex(4)
        console = Console(file=cast("Any", self.stderr if options["json"] else self.stdout))
        try:
            results = asyncio.run(_drill(chosen, options, seed, console))
        except (CannotBegin, NoMeans) as problem:
            raise CommandError(str(problem), returncode=NOT_BEGUN) from problem
        if options["json"]:
            self.stdout.write(json.dumps(scoreboard.as_json(results, seed=seed), ensure_ascii=False))
        console.print(f"{scoreboard.summary(results)} (--seed {seed})", markup=False, highlight=False)
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


async def _drill(chosen: list[Scenario], options: dict[str, Any], seed: str, console: Console) -> list[Result]:
    place, faults = _elsewhere(options) if options["url"] else _here(options["password"])
    people = await log_in(place.url, place.password)
    lengths = Lengths.short() if options["short"] else Lengths()
    stage = Stage(place, people, faults, Random(seed), lengths)  # noqa: S311 - draws a load, not a secret
    return await runner.play(
        stage,
        chosen,
        lambda said: console.print(said, style="dim", highlight=False),
        lambda result: scoreboard.show(console, result),
    )


def _elsewhere(options: dict[str, Any]) -> tuple[Place, Faults]:
    """Return a service by its address. It is not ours to break."""
    nodes = [word.partition("=") for word in options["node"]]
    told = [{"name": name, "url": url, "kind": "all"} for name, _, url in nodes]
    return Place(options["url"], options["password"] or settings.DEMO_PASSWORD, parts(told)), Nobody()


def _here(password: str) -> tuple[Place, Faults]:
    """Return the local cluster. Raises NoMeans."""
    folder = Path(settings.DATA_DIR).absolute() / "local"
    cluster = Cluster(folder, Application(**settings.LOCAL_CLUSTER), lambda _: None)
    status: Any = cluster.status()
    if not status["url"]:
        raise NoMeans("No local cluster is up: make cluster starts one, and --up one of its own.")
    given = password or keys.kept(folder)["DEMO_PASSWORD"]
    return Place(status["url"], given, parts(status["parts"])), Local(cluster)
