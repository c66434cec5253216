"""Use the hotel for a minute, so that the dashboard shows something: a socket listens, requests are made.

    .venv/bin/python deploy/prometheus/use.py http://127.0.0.1:8080 staff_… --seconds 60

The token is one of staff, as `manage.py local up` prints in its curl; the hotel is `--property`. Leaves with
0, or 1 when calls failed.
"""

import argparse
import json
import sys
import time
from collections.abc import Mapping
from threading import Event, Thread
from urllib.error import URLError
from urllib.request import Request, urlopen

from websockets.sync.client import connect

PAUSE_SECONDS = 0.5
PATIENCE_SECONDS = 10
READ = ("/api/request", "/api/request/urgent", "/api/request/statistics")


def listen(address: str, slug: str, headers: Mapping[str, str], stop: Event) -> None:
    """Hear every event of the property until told to stop."""
    socket = connect(
        f"{address.replace('http', 'ws', 1)}/ws/events",
        additional_headers=headers,
        subprotocols=["bellhop.v1"],
        proxy=None,
    )
    with socket as line:
        line.send(json.dumps({"t": "sub", "id": 1, "rooms": [f"property:{slug}", "staff"]}))
        while not stop.wait(PAUSE_SECONDS):
            line.send(json.dumps({"t": "hb", "ack": {}}))


def call(address: str, path: str, headers: Mapping[str, str], body: object = None) -> None:
    """Make one call. Raises URLError."""
    data = None if body is None else json.dumps(body).encode()
    told = {**headers, "Content-Type": "application/json"}
    with urlopen(Request(address + path, data, told), timeout=PATIENCE_SECONDS) as answer:  # noqa: S310
        answer.read()


def main() -> int:
    """Use it until the time is over."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("address", help="the balancer's, like http://127.0.0.1:8080")
    parser.add_argument("token", help="a token of staff (POST /api/auth/login)")
    parser.add_argument("--property", default="demo-hotel", metavar="SLUG", help="default demo-hotel")
    parser.add_argument("--seconds", type=float, default=60.0, help="for how long; default 60")
    said = parser.parse_args()
    headers, stop = {"Authorization": f"Bearer {said.token}"}, Event()
    Thread(target=listen, args=(said.address, said.property, headers, stop), daemon=True).start()
    made = failed = 0
    until = time.monotonic() + said.seconds
    while time.monotonic() < until:
        try:
            call(said.address, "/api/request", headers, {"requestText": "Two towels", "roomNumber": "101"})
            for path in READ:
                call(said.address, path, headers)
        except (OSError, URLError) as problem:
            failed += 1
            print(problem, file=sys.stderr)
        made += 1
        stop.wait(PAUSE_SECONDS)
    stop.set()
    print(f"{made} rounds, {failed} of them failed.")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
