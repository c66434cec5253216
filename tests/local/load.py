"""People at work on one balancer: writing with and without keys, reading, listening."""

from __future__ import annotations

import json
import ssl
import time
from collections.abc import Iterator
from contextlib import contextmanager
from threading import Event, Thread

import httpx
from websockets.exceptions import ConnectionClosed
from websockets.sync.client import connect

BREATH = 0.03


class Load:
    """What was asked through one balancer, and what came of it."""

    def __init__(
        self, address: str, name: str, credential: dict[str, str], trusted: ssl.SSLContext | None = None
    ) -> None:
        self.address, self.name, self.credential, self.trusted = address, name, credential, trusted
        self.acknowledged: list[str] = []
        self.failed: list[tuple[float, str]] = []
        self.heard: list[str] = []
        self.calls = 0
        self._over = Event()

    @contextmanager
    def running(self) -> Iterator[Load]:
        """At work for the length of a block."""
        listening = Event()
        acts = [(self._listen, listening), (self._write, True), (self._write, False), (self._read,)]
        threads = [Thread(target=act, args=arguments, daemon=True) for act, *arguments in acts]
        threads[0].start()
        assert listening.wait(20)  # what was written before it listens would be no event it missed
        for thread in threads[1:]:
            thread.start()
        try:
            yield self
        finally:
            self._over.set()
            for thread in threads:
                thread.join(30)

    def _write(self, keyed: bool) -> None:
        number = 0
        with self._client() as client:
            while not self._over.wait(BREATH):
                number += 1
                text = f"{self.name} {'with' if keyed else 'without'} key {number}"
                headers = {"Idempotency-Key": text.replace(" ", "-")} if keyed else {}
                body = {"requestText": text, "roomNumber": "101"}
                if self._went_well(client, "POST", "/api/request", json=body, headers=headers):
                    self.acknowledged.append(text)

    def _read(self) -> None:
        with self._client() as client:
            while not self._over.wait(BREATH):
                self._went_well(client, "GET", "/api/request?limit=5")

    def _client(self) -> httpx.Client:
        verify = self.trusted or True
        return httpx.Client(base_url=self.address, headers=self.credential, timeout=10, verify=verify)

    def _went_well(self, client: httpx.Client, method: str, path: str, **said: object) -> bool:
        self.calls += 1
        try:
            answer = client.request(method, path, **said)  # type: ignore[arg-type]
        except httpx.TransportError as error:
            self.failed.append((time.monotonic(), f"{method} {error!r}"))
            return False
        if not answer.is_success:
            self.failed.append((time.monotonic(), f"{method} {answer.status_code} {answer.text[:200]}"))
        return answer.is_success

    def _listen(self, listening: Event) -> None:
        address = self.address.replace("http", "ws", 1)
        with connect(
            f"{address}/ws/events",
            subprotocols=["bellhop.v1"],
            additional_headers=self.credential,
            proxy=None,
            ssl=self.trusted,
        ) as socket:
            socket.send(json.dumps({"t": "sub", "id": 1, "rooms": ["property:demo-hotel"]}))
            quiet = 0
            while quiet < 2:
                try:
                    frame = json.loads(socket.recv(timeout=1))
                except TimeoutError:
                    quiet += self._over.is_set()
                    continue
                except ConnectionClosed:
                    return
                if frame["t"] == "subbed":
                    listening.set()
                if frame["t"] == "hb":
                    socket.send(json.dumps({"t": "hb"}))
                if frame.get("event") == "request:created":
                    self.heard.append(frame["data"]["request"]["requestText"])

    def longest_outage(self) -> float:
        """Return the seconds between the first and the last failure."""
        moments = [moment for moment, _ in self.failed]
        return max(moments) - min(moments) if moments else 0.0
