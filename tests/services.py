"""The real PostgreSQL and Redis-compatible server that every test run has, started before settings.

An early pytest plugin (`-p tests.services`): pytest-django reads the settings before any conftest.py.
DATABASE_URL and REDIS_URL are used where given, then wheels, then the system's programs; without
any of them the run stops. `BELLHOP_TEST_DATABASE=sqlite` runs on a SQLite file instead, on purpose.
"""

import os
import shutil
import signal
import tempfile
from collections.abc import Callable, Generator
from pathlib import Path

import pytest

from cluster.local import NoServer, Server, postgresql, valkey

started: list[Server] = []
described: list[str] = []


@pytest.hookimpl(wrapper=True)
def pytest_load_initial_conftests() -> Generator[None, None, None]:
    """Start what is missing; xdist's workers inherit their parent's environment."""
    if "PYTEST_XDIST_WORKER" not in os.environ:
        # A run that is told to end, by a time limit say, cleans up as after Ctrl-C.
        signal.signal(signal.SIGTERM, signal.default_int_handler)
        try:
            start_services()
        except BaseException as error:
            stop_services()
            if isinstance(error, NoServer):
                raise pytest.UsageError(str(error)) from None
            raise
    return (yield)


def pytest_report_header() -> list[str]:
    """What the tests ran on, for whoever reads the log."""
    return [f"services: {', '.join(described)}"] if described else []


def pytest_unconfigure() -> None:
    """Stop what we started."""
    stop_services()


def start_services() -> None:
    """Point DATABASE_URL, REDIS_URL and DATA_DIR at things of our own."""
    folder = Path(tempfile.mkdtemp(prefix="bellhop-tests-"))
    folder.chmod(0o711)  # PostgreSQL refuses root, so another user must get through to its own folder
    os.environ["BELLHOP_TEST_FOLDER"] = os.environ["DATA_DIR"] = str(folder)
    if os.environ.get("BELLHOP_TEST_DATABASE") == "sqlite":
        os.environ["DATABASE_URL"] = f"sqlite:///{folder}/bellhop.sqlite3"
        described.append("SQLite")
    else:
        use("DATABASE_URL", postgresql.start, folder / "postgresql")
    use("REDIS_URL", valkey.start, folder / "valkey")


def use(variable: str, start: Callable[[Path], Server], folder: Path) -> None:
    """Take the server a variable names, or start one and name it there."""
    if os.environ.get(variable):
        described.append(f"the given {variable}")
        return
    server = start(folder)
    started.append(server)
    os.environ[variable] = server.url
    described.append(f"{server.name} {server.version}")


def stop_services() -> None:
    """End the servers in the opposite order and remove their data."""
    while started:
        started.pop().stop()
    if "PYTEST_XDIST_WORKER" not in os.environ and (folder := os.environ.pop("BELLHOP_TEST_FOLDER", "")):
        shutil.rmtree(folder, ignore_errors=True)
