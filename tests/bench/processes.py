"""Servers under test: started on free ports, their CPU time read, ended whatever happens."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

import psutil

from cluster.local.process import free_port, last_words, launch, wait_until

ROOT = Path(__file__).resolve().parent.parent.parent
BIN = Path(sys.executable).parent


@dataclass(frozen=True, slots=True)
class Running:
    """A server that answers on ``port``."""

    name: str
    port: int
    pid: int

    def cpu_seconds(self) -> float:
        """Return what the whole process tree has used so far, ended children included."""
        try:
            root = psutil.Process(self.pid)
            return sum(_seconds(process) for process in (root, *root.children(recursive=True)))
        except psutil.NoSuchProcess:
            return 0.0

    def private_bytes(self) -> int:
        """Return the memory that is the process tree's alone."""
        root = psutil.Process(self.pid)
        tree = (root, *root.children(recursive=True))
        return sum(int(process.memory_full_info().uss) for process in tree)


def _seconds(process: psutil.Process) -> float:
    with suppress(psutil.NoSuchProcess):
        used = process.cpu_times()
        return float(used.user + used.system + used.children_user + used.children_system)
    return 0.0


@contextmanager
def serving(name: str, command: list[str], environment: Mapping[str, str], folder: Path) -> Iterator[Running]:
    """Run ``command``, with ``{port}`` filled in, for as long as the block lasts."""
    port = free_port()
    log = folder / f"{name.replace(' ', '-')}.log"
    words = ["env", "-C", str(ROOT), *(f"{key}={value}" for key, value in environment.items())]
    process = launch([*words, *(word.format(port=port) for word in command)], log=log)
    try:
        wait_until(lambda: _listens(port), process=process, name=name, log=log)
        yield Running(name, port, process.pid)
    except Exception as error:
        error.add_note(f"The last words of {name}: {last_words(log)}")
        raise
    finally:
        _end(process)


def run(command: list[str], environment: Mapping[str, str]) -> str:
    """Run a command of this project to its end and return what it printed."""
    done = subprocess.run(
        [sys.executable, *command],
        cwd=ROOT,
        env={**os.environ, **environment},
        stdout=subprocess.PIPE,
        text=True,
        check=True,
    )
    return done.stdout


def node(role: str) -> list[str]:
    """Return the command of one of our nodes."""
    return [sys.executable, "manage.py", "serve", "--role", role, "--host", "127.0.0.1", "--port", "{port}"]


def granian(application: str) -> list[str]:
    """Return the command of one WSGI worker with one thread: the cheapest per request, the same for all."""
    return [
        *(str(BIN / "granian"), "--interface", "wsgi", "--host", "127.0.0.1", "--port", "{port}"),
        *("--workers", "1", "--blocking-threads", "1", "--no-access-log", "--log-level", "warning"),
        application,
    ]


def _listens(port: int) -> bool:
    return any(
        connection.status == psutil.CONN_LISTEN and connection.laddr.port == port
        for connection in psutil.net_connections("tcp")
    )


def _end(process: subprocess.Popen[bytes]) -> None:
    """End a server with its workers: `launch` made it the leader of a session of its own."""
    for how in (signal.SIGTERM, signal.SIGKILL):
        with suppress(ProcessLookupError):
            os.killpg(process.pid, how)
        with suppress(subprocess.TimeoutExpired):
            process.wait(5)
            return
