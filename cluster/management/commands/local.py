"""`manage.py local`: a real cluster on this machine, to try, to break and to mend."""

import json
import os
import signal
import sys
from argparse import REMAINDER, ArgumentTypeError
from pathlib import Path
from threading import Event
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser
from rich.console import Console
from rich.table import Table

from cluster.local.nodes import Application
from cluster.local.plan import BALANCERS, MOST_NODES, Refused
from cluster.local.verbs import Cluster

NODES = 3
MOST_MILLISECONDS = 60_000
PART_VERBS = {
    "kill": "end a part as a power cut does (SIGKILL to all its processes)",
    "pause": "hold a part still (SIGSTOP): it keeps its connections and says nothing",
    "resume": "let a held part go on (SIGCONT)",
    "stop": "let a part end in good order; 1 when it had to be killed after 30 s",
    "start": "start a part again: same name, port and data (Redis comes back empty)",
    "cut": "cut a node off from Redis, as by a broken cable; `redis` cuts all nodes off",
    "heal": "undo cut and slow",
}
DONE = {
    "kill": "is dead",
    "pause": "is held",
    "resume": "goes on",
    "stop": "has stopped",
    "start": "is ready",
    "cut": "is cut off from Redis",
    "heal": "has its way to Redis again",
    "slow": "has a way to Redis that is {milliseconds:g} ms slower",
}
COLOURS = {"running": "green", "paused": "yellow", "stopped": "dim", "dead": "red"}


class Command(BaseCommand):
    """Run web and live nodes, PostgreSQL, Valkey and a balancer on loopback; do things to them by name.

    Leaves with 1, and a sentence, when something could not be done.
    """

    help = (
        "A real cluster on this machine: NODES web and NODES live nodes (3), PostgreSQL, Valkey, a balancer "
        "on PORT (8080). Names are web-1…, live-1…, redis, postgres, lb, relay."
    )
    requires_system_checks = []

    def add_arguments(self, parser: CommandParser) -> None:
        """One verb each."""
        verbs = parser.add_subparsers(dest="verb", required=True, metavar="VERB")

        def verb(name: str, help: str) -> CommandParser:  # noqa: A002 - argparse's word
            added: CommandParser = verbs.add_parser(name, help=help, description=help)
            return added

        up = verb("up", "start the cluster, fill in the demo, print how to come in; returns when it is ready")
        up.add_argument("--nodes", type=_nodes, help="web nodes, and as many live ones, 1 to 9 (NODES, 3)")
        up.add_argument("--lb", choices=BALANCERS, help="the balancer (LB, caddy)")
        up.add_argument(
            "--tls", action="store_true", help="https, by a certificate of its own (TLS=1; nginx)"
        )
        up.add_argument("--foreground", action="store_true", help="stay, and take it all down on Ctrl-C")
        down = verb("down", "stop every part; the data stays for the next time")
        down.add_argument("--purge", action="store_true", help="throw its data, logs and secrets away too")
        verb("status", "show each part's address, process and state").add_argument(
            "--json", action="store_true", help="print one JSON object"
        )
        verb("roll", "restart all nodes, one after another, without a failed call; 1 when one stays away")
        for name, help_text in PART_VERBS.items():
            verb(name, help_text).add_argument("name", metavar="NAME")
        slow = verb("slow", "make a node's way to Redis slower; `redis` slows all nodes; 0 heals")
        slow.add_argument("name", metavar="NAME")
        slow.add_argument("milliseconds", type=_milliseconds, metavar="MILLISECONDS")
        manage = verb("manage", "run manage.py COMMAND in the cluster's environment; its exit code is ours")
        manage.add_argument("words", nargs=REMAINDER, metavar="COMMAND …")

    def handle(self, *args: Any, **options: Any) -> None:
        """Do it."""
        local = settings.LOCAL_CLUSTER
        application = Application(
            program=Path(local["program"]),
            settings=local["settings"],
            prepare=local["prepare"],
            seed=local["seed"],
            relaxed=local["relaxed"],
        )
        folder = Path(settings.DATA_DIR).absolute() / "local"
        self.cluster = Cluster(folder, application, lambda said: self.stdout.write(f"{said}"))
        try:
            self._do(**options)
        except Refused as refused:
            raise CommandError(str(refused)) from refused

    def _do(self, verb: str, **options: Any) -> None:
        if verb == "up":
            self._up(options)
        elif verb == "down":
            was_up = self.cluster.down(purge=options["purge"])
            self.stdout.write("The cluster is down." if was_up else "No local cluster is up.")
        elif verb == "status":
            self._status(as_json=options["json"])
        elif verb == "roll":
            self.cluster.roll()
        elif verb == "manage":
            sys.exit(self.cluster.manage(options["words"]))
        else:
            self._to_part(verb, **options)

    def _to_part(self, verb: str, *, name: str, milliseconds: float = 0, **_: Any) -> None:
        if verb in ("cut", "heal", "slow"):
            self.cluster.wire(name, cut=verb == "cut", slow=milliseconds)
        else:
            getattr(self.cluster, verb)(name)
        self.stdout.write(f"{name} {DONE[verb].format(milliseconds=milliseconds)}.")

    def _up(self, options: dict[str, Any]) -> None:
        try:
            count = options["nodes"] or _nodes(os.environ.get("NODES") or str(NODES))
            balancer = options["lb"] or os.environ.get("LB") or "caddy"
        except ArgumentTypeError as error:
            raise CommandError(f"NODES: {error}") from None
        if balancer not in BALANCERS:
            raise CommandError(f"LB is {balancer!r}; allowed: {', '.join(BALANCERS)}.")
        port = settings.LISTEN_PORT if os.environ.get("PORT") else 0
        limits = os.environ.get("LIMITS") or "relaxed"
        tls = options["tls"] or os.environ.get("TLS") == "1"
        for stop in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            signal.signal(stop, signal.default_int_handler)
        try:
            said = self.cluster.up(count=count, balancer=balancer, port=port, limits=limits, tls=tls)
            self.stdout.write(said)
            if tls:
                self.stdout.write(f"To trust its certificate: {self.cluster.folder}/lb/fullchain.pem")
            self._status(as_json=False)
            if options["foreground"]:
                self.stdout.write("Ctrl-C takes everything down.")
                _sleep()
        except KeyboardInterrupt:
            self.stdout.write("Taking everything down")
            self.cluster.down()
            sys.exit(0 if options["foreground"] else 130)

    def _status(self, *, as_json: bool) -> None:
        shown: Any = self.cluster.status()
        if as_json:
            self.stdout.write(json.dumps(shown))
            return
        if shown["url"] is None:
            self.stdout.write("No local cluster is up; `manage.py local up` starts one.")
            return
        table = Table("name", "address", "process", "state", "version", title=f"Cluster at {shown['url']}")
        for part in shown["parts"]:
            colour = COLOURS[part["state"]]
            state = f"[{colour}]{part['state']}[/{colour}]"
            table.add_row(
                part["name"], part["url"], str(part["pid"] or ""), state, part["version"] or "", style=None
            )
        Console().print(table)


def _nodes(text: str) -> int:
    number = int(text) if text.isdigit() else 0
    if not 1 <= number <= MOST_NODES:
        raise ArgumentTypeError(f"{text!r} is not a number of nodes from 1 to {MOST_NODES}")
    return number


def _milliseconds(text: str) -> float:
    try:
        number = float(text)
    except ValueError:
        number = -1.0
    if not 0 <= number <= MOST_MILLISECONDS:
        raise ArgumentTypeError(f"{text!r} is not a number of milliseconds from 0 to {MOST_MILLISECONDS}")
    return number


def _sleep() -> None:
    """Wait for Ctrl-C, and bury the children that die meanwhile."""
    while True:
        Event().wait(1)
        try:
            while os.waitpid(-1, os.WNOHANG)[0]:
                pass
        except ChildProcessError:
            continue
