"""A page of the list, the statistics, the back office's list: at a million requests and at ten thousand."""

from __future__ import annotations

import json
import statistics
import subprocess
import sys
from collections.abc import Iterator
from contextlib import ExitStack
from functools import partial

from tests.bench.processes import ROOT, run
from tests.bench.stage import SMALL, Stage
from tests.bench.turns import Result, in_turns, ratio

AIM, AIM_OF_SEARCH = 2.0, 6.0
SEARCH = "search of an order"
PAGES = {
    "list": "/api/request",
    "list, half-way down": "/api/request?cursor={cursor}",
    "list of a status": "/api/request?status=completed&sortBy=updated_at",
    "urgent": "/api/request/urgent",
    SEARCH: "/api/request?search={order}",
    "statistics": "/api/request/statistics",
    "back office list": "/admin/requests_app/guestrequest/",
}


class Caller:
    """A process that answers requests itself, without a server, on one of the databases."""

    def __init__(self, stage: Stage, requests: int) -> None:
        self.process = subprocess.Popen(
            [sys.executable, "-m", "tests.bench.caller"],
            cwd=ROOT,
            env=stage.environment(requests),
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )

    def milliseconds(self, path: str, calls: int) -> float:
        """Return the median time of a call, view and database together."""
        assert self.process.stdin
        assert self.process.stdout
        self.process.stdin.write(json.dumps({"path": path, "calls": calls}) + "\n")
        self.process.stdin.flush()
        answer = json.loads(self.process.stdout.readline() or '{"status": "nothing: it died"}')
        if answer["status"] != 200:
            raise RuntimeError(f"{path} answered {answer['status']}")
        return float(statistics.median(answer["milliseconds"]))

    def end(self) -> None:
        """Stop the process."""
        self.process.kill()
        self.process.wait()


def measure(stage: Stage, rows: int, calls: int) -> Iterator[Result]:
    """Compare each page of the large database with the small one's, in three turns."""
    run(["manage.py", "collectstatic", "--noinput", "--verbosity", "0"], stage.environment())
    with ExitStack() as processes:
        sizes = {"small": SMALL, "large": rows}
        callers = {name: Caller(stage, size) for name, size in sizes.items()}
        for caller in callers.values():
            processes.callback(caller.end)
        for name, path in PAGES.items():
            turns = {size: partial(caller.milliseconds, path, calls) for size, caller in callers.items()}
            found = in_turns(turns, 3)
            title = f"{name} at {rows:,} / {SMALL:,}"
            aim = AIM_OF_SEARCH if name == SEARCH else AIM
            yield ratio(title, found["large"], found["small"], aim=aim, at_least=False, unit="ms a call")
