"""A bare Debian machine while somebody types on it: systemd-nspawn with systemd as the first process."""

from __future__ import annotations

import os
import pty
import re
import select
import shutil
import subprocess
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO

BOOT_SECONDS = 60
HALT_SECONDS = 30
PATH = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"
AS_ROOT = ("env", "-i", "HOME=/root", "TERM=dumb", "DEBIAN_FRONTEND=noninteractive", f"PATH={PATH}")


class NotBooted(Exception):
    """The machine did not come up; its console is in the log beside."""


def furnish(base: Path, root: Path, overlay: Path | None) -> None:
    """Make a fresh machine in ``root``: a copy of ``base``, and over it the files of ``overlay``."""
    if root.exists():
        shutil.rmtree(root)
    subprocess.run(["cp", "-a", str(base), str(root)], check=True)
    if overlay is not None:
        shutil.copytree(overlay, root, dirs_exist_ok=True, symlinks=True)


@contextmanager
def booted(root: Path, console: Path, binds: Sequence[str]) -> Iterator[str]:
    """Boot it, yield the process id of its first process, halt it. Raises NotBooted."""
    words = ["systemd-nspawn", "-q", "--boot", "--register=no", "--keep-unit", "-D", str(root)]
    words += ["--machine=walk", "--resolv-conf=copy-host", "--console=pipe"]
    words += [f"--bind-ro={place}" for place in binds]
    with console.open("wb") as out:
        machine = subprocess.Popen(words, stdin=subprocess.DEVNULL, stdout=out, stderr=subprocess.STDOUT)
    first = None
    try:
        first = _first_process(machine)
        yield first
    finally:
        if first is not None:
            subprocess.run([*_inside(first), "poweroff"], capture_output=True, check=False)
        try:
            machine.wait(HALT_SECONDS)
        except subprocess.TimeoutExpired:
            machine.kill()
            machine.wait()


def _inside(first: str) -> list[str]:
    return ["nsenter", "-t", first, "-a"]


def _first_process(machine: subprocess.Popen[bytes]) -> str:
    until = time.monotonic() + BOOT_SECONDS
    while time.monotonic() < until and machine.poll() is None:
        children = subprocess.run(
            ["pgrep", "-P", str(machine.pid)], capture_output=True, text=True, check=False
        )
        for child in children.stdout.split():
            words = [*_inside(child), "systemctl", "is-system-running"]
            state = subprocess.run(words, capture_output=True, text=True, check=False).stdout.strip()
            if state in ("running", "degraded"):
                return child
        time.sleep(0.5)
    raise NotBooted(f"it did not boot within {BOOT_SECONDS} s")


def typed(
    first: str, script: str, answers: Sequence[tuple[bytes, str]], log: BinaryIO, seconds: float
) -> None:
    """Run a script of the machine on a terminal, answering each prompt that a pattern knows.

    What is said goes to ``log``. Stops listening after ``seconds``.
    """
    pid, terminal = pty.fork()
    if pid == 0:
        words = [*_inside(first), *AS_ROOT, "bash", script]
        os.execvp(words[0], words)
    until, line = time.monotonic() + seconds, b""
    while time.monotonic() < until:
        if not select.select([terminal], [], [], 1)[0]:
            continue
        try:
            said = os.read(terminal, 65536)
        except OSError:  # the other end is closed
            break
        if not said:
            break
        log.write(said)
        line = (line + said).rpartition(b"\n")[2][-400:]
        for prompt, answer in answers:
            if re.search(prompt, line):
                os.write(terminal, f"{answer}\n".encode())
                line = b""
    os.close(terminal)
    os.waitpid(pid, 0)
