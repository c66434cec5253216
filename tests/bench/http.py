"""The list of twenty and the create: ours, the floor, the usual build."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from contextlib import ExitStack
from dataclasses import dataclass
from functools import partial

from tests.bench.load import Call, hammer
from tests.bench.processes import Running, granian, run, serving
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
WARM_UP_SECONDS = 1.0
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


def measure(stage: Stage, rounds: int, seconds: float) -> Iterator[Result]:
    """Compare the list, then the create."""
    with ExitStack() as servers:
        field = _contestants(stage, servers)
        for what, aims in (("list of 20", (0.5, 5.0)), ("create", (0.35, 8.0))):
            calls = {name: one.list if what == "list of 20" else one.create for name, one in field.items()}
            for name, one in field.items():
                one.per_cpu_second(calls[name], WARM_UP_SECONDS)
            turns = {name: partial(one.per_cpu_second, calls[name], seconds) for name, one in field.items()}
            found = in_turns(turns, rounds)
            ours = found["bellhop"]
            for other, aim in zip(("floor", "usual build"), aims, strict=True):
                yield ratio(f"{what} / {other}", ours, found[other], aim=aim, at_least=True, unit=UNIT)


def _contestants(stage: Stage, servers: ExitStack) -> Mapping[str, Contestant]:
    ours = stage.environment(SMALL)
    theirs = ours | {"DJANGO_SETTINGS_MODULE": "tests.bench.baseline.settings"}
    bare, usual = theirs | {"MIDDLEWARE_SET": "bare"}, theirs | {"MIDDLEWARE_SET": "usual"}
    cookie = run(["-m", "tests.bench.baseline.prepare"], usual).strip()

    def start(name: str, application: str, environment: Mapping[str, str]) -> Running:
        return servers.enter_context(serving(name, granian(application), environment, stage.folder))

    baseline = "tests.bench.baseline.wsgi:application"
    bearer = {"Authorization": f"Bearer {stage.logins['lan']}"}
    session = {
        "Cookie": f"sessionid={cookie}; csrftoken={TOKEN_FOR_CSRF}",
        "X-CSRFToken": TOKEN_FOR_CSRF,
    }
    return {
        "bellhop": _contestant(
            start("bellhop", "settings.wsgi:application", ours), "/api/request", bearer, BODY
        ),
        "floor": _contestant(start("floor", baseline, bare), "/floor/request", {}, BODY),
        "usual build": _contestant(
            start("usual build", baseline, usual), "/usual/request", session, USUAL_BODY
        ),
    }


def _contestant(server: Running, path: str, headers: dict[str, str], body: Mapping[str, str]) -> Contestant:
    create = Call(path, "POST", headers, json.dumps(body))
    return Contestant(server, Call(path, headers=headers), create)
