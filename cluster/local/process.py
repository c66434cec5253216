"""A server process of ours: started, waited for, stopped."""

import ctypes
import os
import pwd
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

START_SECONDS = 30.0
STOP_SECONDS = 10.0
POLL_SECONDS = 0.02
PR_SET_PDEATHSIG = 1


class NoServer(Exception):
    """A server can not be had; the text says in one sentence what to do."""


@dataclass
class Server:
    """One running server and how to reach it."""

    name: str
    version: str
    url: str
    port: int
    process: "subprocess.Popen[bytes]" = field(repr=False)
    stop_signal: signal.Signals = signal.SIGTERM

    def stop(self) -> None:
        """End the server and wait until it is gone; stopping twice is fine."""
        if self.process.poll() is None:
            self.process.send_signal(self.stop_signal)
        try:
            self.process.wait(STOP_SECONDS)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()


def free_port() -> int:
    """A loopback port that nobody listens on at this moment."""
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        port: int = listener.getsockname()[1]
        return port


def is_root() -> bool:
    """Whether we may, and for some servers must, act as somebody else."""
    return hasattr(os, "geteuid") and os.geteuid() == 0


def as_nobody() -> dict[str, object]:
    """Popen's arguments to leave root behind; empty where we are not root."""
    if not is_root():
        return {}
    nobody = pwd.getpwnam("nobody")
    return {"user": nobody.pw_uid, "group": nobody.pw_gid, "extra_groups": []}


def give_to_nobody(path: Path) -> None:
    """Hand a folder or file to the user that `as_nobody` names."""
    if is_root():
        nobody = pwd.getpwnam("nobody")
        os.chown(path, nobody.pw_uid, nobody.pw_gid)


def end_with_parent() -> None:
    """Ask Linux to end this child when its parent dies, so that a killed test run leaves nothing."""
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGTERM)


def launch(
    command: Sequence[str | Path],
    *,
    log: Path,
    identity: Mapping[str, object] | None = None,
    environment: Mapping[str, str] | None = None,
    outlives_parent: bool = False,
) -> "subprocess.Popen[bytes]":
    """Start a server with its output in a log file, out of reach of the terminal's Ctrl-C."""
    with log.open("ab") as output:
        return subprocess.Popen(  # type: ignore[call-overload,no-any-return]
            [str(word) for word in command],
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
            start_new_session=True,
            cwd="/",  # the caller's folder may be closed to the identity below
            env=environment,
            preexec_fn=None if outlives_parent else end_with_parent,
            **(identity or {}),
        )


def wait_until(
    ready: Callable[[], bool], *, process: "subprocess.Popen[bytes]", name: str, log: Path
) -> None:
    """Return once the server answers; raise NoServer with its last words when it dies or dallies."""
    deadline = time.monotonic() + START_SECONDS
    while not ready():
        try:
            process.wait(POLL_SECONDS)
        except subprocess.TimeoutExpired:
            if time.monotonic() < deadline:
                continue
            process.kill()
            process.wait()
        raise NoServer(f"{name} did not start; its last words: {last_words(log)}")


def last_words(log: Path) -> str:
    """The end of a log, on one line."""
    return " | ".join(log.read_text(errors="replace").strip().splitlines()[-3:]) or "none"
