"""A closed loop of keep-alive HTTP requests, in a process of its own: `python -m tests.bench.load '{…}'`."""

from __future__ import annotations

import asyncio
import json
import subprocess
import sys
import time
from dataclasses import asdict, dataclass, field

from tests.bench.processes import ROOT

CONNECTIONS = 16


@dataclass(frozen=True, slots=True)
class Call:
    """One request, sent over and over."""

    path: str
    method: str = "GET"
    headers: dict[str, str] = field(default_factory=dict)
    body: str = ""


@dataclass(frozen=True, slots=True)
class Tally:
    """What came back: answers, those that were not 2xx, and milliseconds."""

    answers: int
    bad: int
    p50: float
    p99: float


def hammer(port: int, call: Call, seconds: float, *, rate: float = 0) -> Tally:
    """Send ``call`` for a while: from ``CONNECTIONS`` connections, or from one so many times a second."""
    told = json.dumps({"port": port, "seconds": seconds, "rate": rate, "call": asdict(call)})
    done = subprocess.run(
        [sys.executable, "-m", "tests.bench.load", told],
        cwd=ROOT,
        stdout=subprocess.PIPE,
        check=True,
    )
    return Tally(**json.loads(done.stdout))


class Client(asyncio.Protocol):
    """One connection: sends, waits for the whole answer, sends again, at once or when it is due."""

    def __init__(self, request: bytes, until: float, every: float) -> None:
        self.request, self.until, self.every = request, until, every
        self.took: list[float] = []
        self.bad = 0
        self.over = asyncio.get_running_loop().create_future()
        self._buffer = b""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self.transport = transport
        self._send()

    def _send(self) -> None:
        self.sent = time.perf_counter()
        self.transport.write(self.request)

    def data_received(self, data: bytes) -> None:
        self._buffer += data
        head, found, body = self._buffer.partition(b"\r\n\r\n")
        if not found or not _is_whole(head, body):
            return
        self._buffer = b""
        self.took.append(time.perf_counter() - self.sent)
        self.bad += head[9:10] != b"2"
        now = time.perf_counter()
        if now < self.until:
            asyncio.get_running_loop().call_later(max(0.0, self.sent + self.every - now), self._send)
        else:
            self.transport.close()

    def connection_lost(self, error: Exception | None) -> None:
        if not self.over.done():
            self.over.set_result(None)


def _is_whole(head: bytes, body: bytes) -> bool:
    """Say whether the answer has ended, by its length or its last chunk."""
    for line in head.lower().split(b"\r\n"):
        if line.startswith(b"content-length:"):
            return len(body) >= int(line[15:])
    return body.endswith(b"0\r\n\r\n")


def _encoded(port: int, call: Call) -> bytes:
    body = call.body.encode()
    headers = {"Host": f"127.0.0.1:{port}", "Accept": "application/json", **call.headers}
    if body:
        headers |= {"Content-Type": "application/json", "Content-Length": str(len(body))}
    lines = [f"{call.method} {call.path} HTTP/1.1", *(f"{name}: {value}" for name, value in headers.items())]
    return "\r\n".join(lines).encode() + b"\r\n\r\n" + body


async def _hammered(port: int, call: Call, seconds: float, rate: float) -> Tally:
    loop, request = asyncio.get_running_loop(), _encoded(port, call)
    until = time.perf_counter() + seconds
    clients = []
    every = 1 / rate if rate else 0.0
    for _ in range(1 if rate else CONNECTIONS):
        _, client = await loop.create_connection(lambda: Client(request, until, every), "127.0.0.1", port)
        clients.append(client)
    await asyncio.wait_for(asyncio.gather(*(client.over for client in clients)), seconds + 30)
    took = sorted(moment for client in clients for moment in client.took)
    bad = sum(client.bad for client in clients)
    return Tally(len(took), bad, took[len(took) // 2] * 1e3, took[len(took) * 99 // 100] * 1e3)


if __name__ == "__main__":
    told = json.loads(sys.argv[1])
    tally = asyncio.run(_hammered(told["port"], Call(**told["call"]), told["seconds"], told["rate"]))
    print(json.dumps(asdict(tally)))
