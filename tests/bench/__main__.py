"""`python -m tests.bench [--short] [--json] [--only http,middleware,…]`: what `make bench` runs."""

from __future__ import annotations

import argparse
import json
import sys
import time
from collections.abc import Iterator

from tests.bench import growth, http, middleware, nodes, report, sockets, stage
from tests.bench.stage import LARGE, SMALL, Stage
from tests.bench.turns import Result

PARTS = ("http", "middleware", "nodes", "sockets", "growth")


def main() -> int:
    """Measure, tell, and fail where an aim is missed."""
    asked = _asked()
    results = []
    with stage.set_up() as ground:
        for result in _measures(ground, asked):
            _say(f"{result.name}: {result.ratio:.2f}")
            results.append(result)
    if asked.json:
        print(json.dumps({"short": asked.short, "results": report.as_dicts(results)}))
    else:
        report.show(results)
    return 0 if all(result.is_met for result in results) else 1


def _asked() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m tests.bench", description=__doc__)
    parser.add_argument(
        "--short", "--quick", action="store_true", help="fewer rounds, and 100,000 rows instead of 1,000,000"
    )
    parser.add_argument("--json", action="store_true", help="print one JSON object")
    parser.add_argument("--only", default=",".join(PARTS), help=f"some of {', '.join(PARTS)}")
    return parser.parse_args()


def _measures(ground: Stage, asked: argparse.Namespace) -> Iterator[Result]:
    parts = asked.only.split(",")
    _say(f"filling a database with {SMALL:,} requests")
    ground.logins["lan"] = str(stage.fill(ground, SMALL)["token"])
    if "http" in parts:
        yield from http.measure(ground, rounds=2 if asked.short else 5, seconds=1.0 if asked.short else 2.0)
    if "middleware" in parts:
        yield from middleware.measure(
            ground, rounds=4 if asked.short else 8, seconds=1.0 if asked.short else 2.0
        )
    if "nodes" in parts:
        yield from nodes.measure(ground, rounds=1 if asked.short else 3, seconds=1.0 if asked.short else 2.0)
    if "sockets" in parts:
        yield from sockets.measure(
            ground, rounds=1 if asked.short else 3, seconds=2.0 if asked.short else 4.0
        )
    if "growth" in parts:
        rows = 100_000 if asked.short else LARGE
        _say(f"filling a database with {rows:,} requests")
        stage.fill(ground, rows)
        yield from growth.measure(ground, rows, calls=40 if asked.short else 150)


_begun = time.monotonic()


def _say(sentence: str) -> None:
    print(f"{time.monotonic() - _begun:6.1f} s  {sentence}", file=sys.stderr, flush=True)


if __name__ == "__main__":
    sys.exit(main())
