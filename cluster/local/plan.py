"""What a local cluster consists of: its parts, their ports, its folder. Written once by `up`."""

import json
import os
import random
import socket
from collections.abc import Iterator
from dataclasses import asdict, dataclass, field
from pathlib import Path

MOST_NODES = 9
FIRST_PORT = 8080
# Below the ports that systems lend to outgoing connections: a dead node's must be free when it returns.
PORTS = range(16_000, 32_000)
LOOPBACK = "127.0.0.1"
BALANCERS = ("caddy", "nginx", "haproxy")
FILE = "cluster.json"


class Refused(Exception):
    """A verb can not be done; the text says in one sentence why and what to do."""


@dataclass(frozen=True, slots=True)
class Part:
    """One process of the cluster, by its name."""

    name: str
    kind: str
    port: int
    bell: int = 0  # a node's own way to Redis
    secure: bool = False  # speaks TLS

    @property
    def is_node(self) -> bool:
        """Whether it serves the application."""
        return self.kind in ("web", "live")

    @property
    def url(self) -> str:
        """Where it is reached."""
        web = "https" if self.secure else "http"
        scheme = {"redis": "redis", "postgres": "postgresql", "relay": "tcp"}.get(self.kind, web)
        return f"{scheme}://{LOOPBACK}:{self.port}"


@dataclass(frozen=True, slots=True)
class Plan:
    """The whole cluster."""

    folder: Path
    balancer: str
    limits: str
    parts: tuple[Part, ...] = field(default=())

    @property
    def url(self) -> str:
        """Where people go."""
        return self["lb"].url

    @property
    def nodes(self) -> list[Part]:
        """The parts that serve the application."""
        return [part for part in self.parts if part.is_node]

    def __getitem__(self, name: str) -> Part:
        for part in self.parts:
            if part.name == name:
                return part
        raise Refused(f"There is no part {name!r}; there are {', '.join(it.name for it in self.parts)}.")

    def write(self) -> None:
        """Keep it in the cluster's folder."""
        said = {
            "url": self.url,
            "balancer": self.balancer,
            "limits": self.limits,
            "parts": [asdict(part) for part in self.parts],
        }
        draft = self.folder / f"{FILE}.draft"
        draft.write_text(json.dumps(said, indent=2))
        draft.replace(self.folder / FILE)


def read(folder: Path) -> Plan | None:
    """Return the plan of the cluster whose folder this is, if there is one."""
    try:
        said = json.loads((folder / FILE).read_text())
    except FileNotFoundError:
        return None
    parts = tuple(Part(**part) for part in said["parts"])
    return Plan(folder=folder, balancer=said["balancer"], limits=said["limits"], parts=parts)


def drawn(folder: Path, *, nodes: int, balancer: str, port: int, limits: str, tls: bool = False) -> Plan:
    """Return a new plan: what is free now, and the balancer where people expect it."""
    ports = free_ports()
    relay = Part("relay", "relay", next(ports))
    web = [Part(f"web-{n}", "web", next(ports), next(ports)) for n in range(1, nodes + 1)]
    live = [Part(f"live-{n}", "live", next(ports), next(ports)) for n in range(1, nodes + 1)]
    stores = (Part("postgres", "postgres", next(ports)), Part("redis", "redis", next(ports)), relay)
    door = Part("lb", "lb", port or door_port(), secure=tls)
    return Plan(folder, balancer, limits, (*stores, *web, *live, door))


def free_ports() -> Iterator[int]:
    """Yield ports nobody listens on, each once; from a place of this process's own, as others look too."""
    begin = random.Random(os.getpid()).randrange(len(PORTS))  # noqa: S311 - spreads, protects nothing
    yield from filter(is_free, (*PORTS[begin:], *PORTS[:begin]))


def door_port() -> int:
    """Return the first free port from 8080 on."""
    for port in range(FIRST_PORT, FIRST_PORT + 100):
        if is_free(port):
            return port
    raise Refused(f"No port from {FIRST_PORT} on is free; choose one by PORT.")


def is_free(port: int) -> bool:
    """Whether somebody could listen there."""
    with socket.socket() as listener:
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            listener.bind((LOOPBACK, port))
        except OSError:
            return False
    return True
