#!/usr/bin/env python3
"""From a bare machine with Python 3.11 or newer to a running or tested Bellhop.

Standard library only, and written so that an old Python can still read it and say what is missing.
"""

from __future__ import annotations

import hashlib
import os
import shutil
import socket
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
VENV = ROOT / ".venv"
PYTHON = VENV / ("Scripts/python.exe" if os.name == "nt" else "bin/python")
OLDEST = (3, 11)
NEWER_PYTHONS = ("python3.14", "python3.13", "python3.12", "python3.11")
REQUIREMENTS = {
    "runtime": ROOT / "requirements.txt",
    "local": ROOT / "requirements-local.txt",
    "dev": ROOT / "requirements-dev.txt",
}
UV = ROOT / "deploy" / "uv.txt"
BROWSERS = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
FIRST_PORT = 8000


def say(sentence: str) -> None:
    """Tell the person at the terminal what happens now."""
    print(f"bellhop: {sentence}", flush=True)


def give_up(sentence: str) -> None:
    """Stop with one sentence that says what to do."""
    sys.exit(f"bellhop: {sentence}")


def succeeds(*command: object) -> bool:
    """Run quietly and tell whether it worked; a program that is not there did not."""
    words, nowhere = [str(word) for word in command], subprocess.DEVNULL
    try:
        return subprocess.run(words, stdout=nowhere, stderr=nowhere).returncode == 0
    except OSError:
        return False


def passes(*command: object, **environment: str) -> bool:
    """Run in the open and tell whether it worked."""
    done = subprocess.run([str(word) for word in command], cwd=ROOT, env={**os.environ, **environment})
    return done.returncode == 0


# --- Python and the virtual environment -------------------------------------------------------


def need_a_new_python() -> None:
    """Go on under a newer Python when this one is too old."""
    if sys.version_info >= OLDEST:
        return
    for name in NEWER_PYTHONS:
        found = shutil.which(name)
        if found:
            os.execv(found, [found, *sys.argv])
    give_up("Python 3.11 or newer is needed, and none is on the PATH; install one (for example python3.13).")


def make_environment() -> None:
    """Make .venv unless a usable one is there."""
    if succeeds(PYTHON, "-c", f"import sys; sys.exit(sys.version_info < {OLDEST})"):
        return
    if (VENV / "pyvenv.cfg").exists():
        shutil.rmtree(VENV)
    say("making the virtual environment .venv")
    if succeeds(sys.executable, "-m", "venv", VENV):
        return
    uv = shutil.which("uv")
    if uv and succeeds(uv, "venv", "--clear", "--python", sys.executable, VENV):
        return
    with_pip = succeeds(sys.executable, "-m", "pip", "--version")  # Debian without python3-venv but with pip
    if with_pip and succeeds(sys.executable, "-m", "venv", "--clear", "--without-pip", VENV):
        return
    give_up(
        "this Python can not make virtual environments; install its venv module (Debian: python3-venv) or uv."
    )


def installers() -> list[list[object]]:
    """The commands that can fill .venv, the fastest first."""
    if succeeds(PYTHON, "-m", "pip", "--version"):
        pip: list[object] = [PYTHON, "-m", "pip", "install"]
    else:
        pip = [sys.executable, "-m", "pip", "--python", PYTHON, "install"]
    pip += ["--progress-bar", "off", "--disable-pip-version-check", "--no-input"]
    uv = shutil.which("uv", path=str(PYTHON.parent)) or shutil.which("uv")
    if not uv and succeeds(*pip, "--quiet", "--require-hashes", "-r", UV):
        uv = shutil.which("uv", path=str(PYTHON.parent))
    return [[uv, "pip", "install", "--python", PYTHON], pip] if uv else [pip]


def install(group: str) -> None:
    """Install a group's pinned packages, checked by their hashes; done in an instant the second time."""
    make_environment()
    stamps = {name: VENV / f"bellhop-{name}.stamp" for name in REQUIREMENTS}
    wanted = {name: hashlib.sha256(path.read_bytes()).hexdigest() for name, path in REQUIREMENTS.items()}
    current = {name for name, stamp in stamps.items() if stamp.exists() and stamp.read_text() == wanted[name]}
    if group in current or "dev" in current:  # dev holds everything
        return
    say(f"installing the packages of {REQUIREMENTS[group].name}; the first time takes a minute")
    for installer in installers():
        if passes(*installer, "--require-hashes", "-r", REQUIREMENTS[group]):
            stamps[group].write_text(wanted[group])
            return
    give_up("the packages could not be installed; the lines above say why.")


# --- make run ---------------------------------------------------------------------------------


def listens(host: str, port: int) -> bool:
    """Whether a port is taken."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.socket(family, socket.SOCK_STREAM) as listener:
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            listener.bind((host, port))
        except OSError:
            return True
    return False


def chosen_port(host: str) -> str:
    """PORT as it is, else the first free one from 8000 on."""
    given = os.environ.get("PORT", "")
    if given:
        if given.isdigit() and 0 < int(given) < 65536 and listens(host, int(given)):
            give_up(f"port {given} of {host} is taken; choose another PORT.")
        return given
    port = next((port for port in range(FIRST_PORT, FIRST_PORT + 100) if not listens(host, port)), None)
    if port is None:
        give_up(f"{host} has no free port from {FIRST_PORT} on; is HOST an address of this machine?")
    if port != FIRST_PORT:
        say(f"port {FIRST_PORT} is taken, so this one takes {port}.")
    return str(port)


def run() -> None:
    """Migrate, fill an empty database with the demo, serve."""
    install("runtime")
    host = os.environ.get("HOST") or "127.0.0.1"
    os.environ["PORT"] = chosen_port(host)
    os.chdir(ROOT)
    say("preparing the database")
    for command in (("migrate", "--verbosity", "0"), ("demo", "--if-empty")):
        done = subprocess.run([str(PYTHON), "manage.py", *command])
        if done.returncode:
            sys.exit(done.returncode)
    shown = "127.0.0.1" if host in ("0.0.0.0", "::") else f"[{host}]" if ":" in host else host
    say(f"the back office is http://{shown}:{os.environ['PORT']}/admin/ and Ctrl-C stops it.")
    os.execv(str(PYTHON), [str(PYTHON), "manage.py", "serve"])


# --- make cluster -----------------------------------------------------------------------------


def cluster() -> None:
    """Start the local cluster and stay until Ctrl-C."""
    install("local")
    os.chdir(ROOT)
    os.execv(str(PYTHON), [str(PYTHON), "manage.py", "local", "up", "--foreground"])


# --- make test --------------------------------------------------------------------------------


def installed_by_apt(package: str, reason: str) -> str | None:
    """Install a system package where we may; return its program's path if it is there then."""
    apt = shutil.which("apt-get")
    if apt and hasattr(os, "geteuid") and os.geteuid() == 0:
        say(f"installing {package} by apt-get, {reason}")
        quiet = ("-qq", "-o", "Dpkg::Use-Pty=0")
        order = ("install", "-y", "--no-install-recommends", package)
        passes(apt, *quiet, "update")
        # A server that is installed to be tried is not to be started.
        passes(apt, *quiet, *order, DEBIAN_FRONTEND="noninteractive", RUNLEVEL="1")
    return shutil.which(package, path=os.environ.get("PATH", "") + ":/usr/sbin")


def need_nginx() -> None:
    """See that nginx is there, for the test of the configuration we ship."""
    if shutil.which("nginx", path=os.environ.get("PATH", "") + ":/usr/sbin"):
        return
    if not installed_by_apt("nginx", "to try the configuration we ship"):
        give_up("the balancers' test needs nginx: install it (Debian: apt-get install nginx).")


def browser() -> str:
    """The system's Chromium, installed by the package manager where we may."""
    found = next(filter(None, map(shutil.which, BROWSERS)), None)
    if found:
        return found
    found = installed_by_apt("chromium", "for the journeys in a browser")
    if not found:
        give_up("the journeys need a browser: install Chromium (Debian: apt-get install chromium).")
    return str(found)


def test() -> None:
    """Run every test: on PostgreSQL, what both databases promise on SQLite too, then in the browser."""
    install("dev")
    os.environ["BELLHOP_CHROMIUM"] = browser()
    need_nginx()
    os.environ.pop("DJANGO_SETTINGS_MODULE", None)
    sys.exit(subprocess.run([str(PYTHON), "-m", "tests.run", *sys.argv[2:]], cwd=ROOT).returncode)


def main() -> None:
    """One word says what to do."""
    need_a_new_python()
    word = sys.argv[1] if len(sys.argv) > 1 else ""
    if word == "run":
        run()
    elif word == "cluster":
        cluster()
    elif word == "test":
        test()
    elif word == "install":
        install(sys.argv[2])
    else:
        give_up("say run, cluster, test or install runtime|local|dev.")


if __name__ == "__main__":
    try:
        main()
    except KeyboardInterrupt:
        sys.exit(130)
