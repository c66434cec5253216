"""What the whole middleware stack costs the list: the same node with it and without any."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack
from functools import partial

from tests.bench.http import UNIT, of_ours
from tests.bench.processes import node, serving
from tests.bench.stage import SMALL, Stage
from tests.bench.turns import Result, in_turns, ratio

WITH, WITHOUT = "settings.staging", "tests.bench.bare.staging"
KINDS = (("cached list of 20", "true"), ("list of 20", "false"))
AIM = 0.75


def measure(stage: Stage, rounds: int, seconds: float) -> Iterator[Result]:
    """Compare the list by the short way, then the ordinary one."""
    for what, caching in KINDS:
        with ExitStack() as servers:
            turns = {}
            for module in (WITH, WITHOUT):
                name = f"{module.partition('.')[0]} {caching}"
                environment = stage.environment(SMALL) | {
                    "DJANGO_SETTINGS_MODULE": module,
                    "CACHING_ENABLED": caching,
                    "INSTANCE_ID": name.replace(" ", "-"),
                }
                server = servers.enter_context(serving(name, node("web"), environment, stage.folder))
                one = of_ours(stage, server)
                turns[module] = partial(one.per_cpu_second, one.list, seconds)
            in_turns(turns, 1)  # warms up
            found = in_turns(turns, rounds)
            name = f"{what}, all middleware / none"
            yield ratio(name, found[WITH], found[WITHOUT], aim=AIM, at_least=True, unit=UNIT)
