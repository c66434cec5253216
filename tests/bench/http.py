"""The list of twenty, from the cache and without it, and the create: ours, the floor, the usual build."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from contextlib import ExitStack
from dataclasses import dataclass
from functools import partial

from tests.bench.load import Call, hammer
from tests.bench.processes import Running, granian, node, run, serving
from tests.bench.stage import SMALL, Stage
from tests.bench.turns import Result, in_turns, ratio

BODY = {
    "requestText": "Two more bath towels and a bottle of water, please.",
    "roomNumber": "105",
    "guestName": "Jürgen Weiß",
    "serviceType": "housekeeping",
    "specialInstructions": "Please knock softly.",
}
USUAL_BODY = {
    "request_text": BODY["requestText"],
    "room_number": BODY["roomNumber"],
    "guest_name": BODY["guestName"],
    "service_type": BODY["serviceType"],
    "special_instructions": BODY["specialInstructions"],
}
TOKEN_FOR_CSRF = "b" * 32
UNIT = "requests per CPU second"


@dataclass(frozen=True, slots=True)
class Contestant:
    """A server and how it is asked for the list and told to create."""

    server: Running
    list: Call
    create: Call

    def per_cpu_second(self, call: Call, seconds: float) -> float:
        """Return how many answers the server gives for a second of CPU. Raises when one was not good."""
        before = self.server.cpu_seconds()
        tally = hammer(self.server.port, call, seconds)
        if tally.bad:
            raise RuntimeError(f"{self.server.name}: {tally.bad} of {tally.answers} answers were not good")
        return tally.answers / (self.server.cpu_seconds() - before)


MEASURES = (
    ("cached list of 20", "bellhop", "list", (1.0, 12.0)),
    ("list of 20", "bellhop without cache", "list", (0.5, 5.0)),
    ("create", "bellhop", "create", (0.35, 8.0)),
)
"""What is measured, which of our servers does it, what it is asked, and the aims."""


def measure(stage: Stage, rounds: int, seconds: float) -> Iterator[Result]:
    """Compare the lists, then the create."""
    with ExitStack() as servers:
        field = _contestants(stage, servers)
        for what, ours, asked, aims in MEASURES:
            playing = {name: field[name] for name in (ours, "floor", "usual build")}
            turns = {
                name: partial(one.per_cpu_second, one.list if asked == "list" else one.create, seconds)
                for name, one in playing.items()
            }
            in_turns(turns, 1)  # warms up
            found = in_turns(turns, rounds)
            for other, aim in zip(("floor", "usual build"), aims, strict=True):
                yield ratio(f"{what} / {other}", found[ours], found[other], aim=aim, at_least=True, unit=UNIT)


def _contestants(stage: Stage, servers: ExitStack) -> Mapping[str, Contestant]:
    ours = stage.environment(SMALL)
    theirs = ours | {"DJANGO_SETTINGS_MODULE": "tests.bench.baseline.settings"}
    bare, usual = theirs | {"MIDDLEWARE_SET": "bare"}, theirs | {"MIDDLEWARE_SET": "usual"}
    cookie = run(["-m", "tests.bench.baseline.prepare"], usual).strip()

    def start(name: str, command: list[str], environment: Mapping[str, str]) -> Running:
        return servers.enter_context(serving(name, command, environment, stage.folder))

    baseline = granian("tests.bench.baseline.wsgi:application")
    session = {
        "Cookie": f"sessionid={cookie}; csrftoken={TOKEN_FOR_CSRF}",
        "X-CSRFToken": TOKEN_FOR_CSRF,
    }
    uncached = ours | {"CACHING_ENABLED": "false", "INSTANCE_ID": "uncached"}
    return {
        "bellhop": of_ours(stage, start("bellhop", node("web"), ours | {"INSTANCE_ID": "cached"})),
        "bellhop without cache": of_ours(stage, start("bellhop without cache", node("web"), uncached)),
        "floor": _contestant(start("floor", baseline, bare), "/floor/request", {}, BODY),
        "usual build": _contestant(
            start("usual build", baseline, usual), "/usual/request", session, USUAL_BODY
        ),
    }


def of_ours(stage: Stage, server: Running) -> Contestant:
    """Return one of our servers, asked by Lan."""
    return _contestant(server, "/api/request", {"Authorization": f"Bearer {stage.logins['lan']}"}, BODY)


def _contestant(server: Running, path: str, headers: dict[str, str], body: Mapping[str, str]) -> Contestant:
    create = Call(path, "POST", headers, json.dumps(body))
    return Contestant(server, Call(path, headers=headers), create)
