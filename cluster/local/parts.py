"""Starting each part of a local cluster, and knowing when it is ready."""

import socket
import subprocess
import sys
import tempfile
import time
import zlib
from dataclasses import replace
from pathlib import Path

from cluster.local import balancer, certificate, keys, nodes, pids, postgresql, valkey, vitals, wait
from cluster.local.nodes import Application
from cluster.local.pids import Running
from cluster.local.plan import LOOPBACK, Part, Plan, Refused, is_free
from cluster.local.process import NoServer, is_root, last_words, launch
from cluster.local.programs import readable_by_all, version_of

READY_SECONDS = 90.0
FREE_SECONDS = 10.0
GHOST_SECONDS = 3.0


def launch_part(plan: Plan, application: Application, part: Part) -> Running:
    """Start a part's process and remember it; nodes and the balancer are ready later."""
    if not wait.until(lambda: is_free(part.port), FREE_SECONDS):
        raise Refused(f"Port {part.port} of {part.name} is taken by another process.")
    try:
        process, version = _process(plan, application, part)
    except NoServer as error:
        raise Refused(str(error)) from None
    running = Running(process.pid, vitals.identity(process.pid), version)
    pids.write(plan.folder, part.name, running)
    return running


def _process(plan: Plan, application: Application, part: Part) -> "tuple[subprocess.Popen[bytes], str]":
    secret = keys.kept(plan.folder)
    if part.kind == "postgres":
        folder, password = storage(plan), secret["POSTGRES_PASSWORD"]
        _forget_ghost(folder / "data/postmaster.pid")
        server = postgresql.start(
            folder, port=part.port, password=password, durable=True, outlives_parent=True
        )
        return server.process, server.version
    if part.kind == "redis":
        folder, password = plan.folder / "redis", secret["REDIS_PASSWORD"]
        server = valkey.start(folder, port=part.port, password=password, outlives_parent=True)
        return server.process, server.version
    if part.kind == "relay":
        return _relay(plan), version_of(Path(sys.executable))
    if part.kind == "lb":
        found = balancer.prepared(plan, application.program.parent / "deploy")
        return balancer.open_balancer(plan, found), f"{plan.balancer} {found.said_version()}"
    return nodes.open_node(plan, application, part), ""


def _forget_ghost(lock: Path) -> None:
    """Take away the lock of a PostgreSQL that is dead, but whose death nobody has read.

    Its own check asks only whether the pid exists, and a zombie's does until its parent looks.
    """
    try:
        pid = int(lock.read_text().split()[0])
    except (FileNotFoundError, IndexError):
        return
    wait.until(lambda: pid not in vitals.table(), GHOST_SECONDS)
    ghost = vitals.table().get(pid)
    if ghost and not ghost.alive:
        lock.unlink(missing_ok=True)


def storage(plan: Plan) -> Path:
    """Return PostgreSQL's folder. It refuses root, and somebody else must be able to walk to it."""
    folder = plan.folder / "postgres"
    if not is_root() or readable_by_all(folder):
        return folder
    name = f"bellhop-local-{zlib.crc32(bytes(folder)):08x}"
    return Path(tempfile.gettempdir()) / name


def _relay(plan: Plan) -> "subprocess.Popen[bytes]":
    ways = [(part.name, part.bell) for part in plan.nodes]
    pairs = [f"{name}={port}" for name, port in [("relay", plan["relay"].port), *ways]]
    script = Path(__file__).with_name("relay.py")
    return launch(
        [sys.executable, script, plan.folder, str(plan["redis"].port), *pairs],
        log=plan.folder / "logs" / "relay.log",
        outlives_parent=True,
    )


def await_part(plan: Plan, part: Part, running: Running) -> Running:
    """Return once a part is ready, with what it said of itself; raise Refused when it dies or dallies."""
    log = plan.folder / "logs" / f"{part.name}.log"
    deadline = time.monotonic() + READY_SECONDS
    while (version := _ready(plan, part, running)) is None:
        if running.state(vitals.table()) is vitals.State.DEAD:
            raise Refused(f"{part.name} ended while it started; its last words: {last_words(log)}")
        if time.monotonic() > deadline:
            raise Refused(f"{part.name} was not ready after {READY_SECONDS:g} s; its log is {log}.")
        time.sleep(wait.LOOK_SECONDS)
    said = replace(running, version=version)
    pids.write(plan.folder, part.name, said)
    return said


def _ready(plan: Plan, part: Part, running: Running) -> str | None:
    """Return the version of a part that is ready, else None."""
    if part.is_node:
        said = nodes.readiness(part)
        return said["version"] if said else None
    if part.kind == "lb":
        return running.version if all(seen(plan, kind) for kind in ("web", "live")) else None
    return running.version if _listens(part.port) else None


def seen(plan: Plan, kind: str) -> str:
    """Return the name of the node that the balancer gave a call to; empty when none answered."""
    trusted = certificate.trusted(plan) if plan["lb"].secure else None
    return nodes.ask(plan["lb"].port, "/health/live" if kind == "web" else "/ws/", trusted)[2]


def _listens(port: int) -> bool:
    try:
        with socket.create_connection((LOOPBACK, port), timeout=1):
            return True
    except OSError:
        return False
