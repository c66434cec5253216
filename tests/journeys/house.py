"""A running Bellhop in a process of its own, for journeys: started, killed, started again."""

from __future__ import annotations

import os
import subprocess
import sys
from dataclasses import dataclass, field
from pathlib import Path

import httpx
from django.core.management import call_command
from django.db import connection
from pytest_django import DjangoDbBlocker

from cluster.local.process import free_port, wait_until

ROOT = Path(__file__).resolve().parent.parent.parent
HANG_UP = (
    "SELECT pg_terminate_backend(pid) FROM pg_stat_activity "
    "WHERE datname = current_database() AND application_name LIKE 'bellhop journey-%'"
)


def sweep(blocker: DjangoDbBlocker) -> None:
    """Empty the database behind nodes that outlived their tests: to the end they say that they are there."""
    with blocker.unblock():
        call_command("flush", verbosity=0, interactive=False, inhibit_post_migrate=True)


@dataclass
class House:
    """One server on the database of the test that runs now."""

    folder: Path
    port: int = field(default_factory=free_port)
    process: subprocess.Popen[bytes] | None = None
    manage: Path = ROOT / "manage.py"
    more: dict[str, str] = field(default_factory=dict)

    @property
    def address(self) -> str:
        """Where a browser finds it."""
        return f"http://127.0.0.1:{self.port}"

    def open(self) -> House:
        """Start it, and return once it is ready."""
        log = self.folder / "server.log"
        with log.open("ab") as output:
            self.process = subprocess.Popen(
                [sys.executable, str(self.manage), "serve", "--host", "127.0.0.1", "--port", str(self.port)],
                cwd=ROOT,
                env=self._environment(),
                stdout=output,
                stderr=subprocess.STDOUT,
            )
        wait_until(self._is_ready, process=self.process, name="Bellhop", log=log)
        return self

    def die(self) -> None:
        """Fall over, as by a power cut."""
        if self.process is not None:
            self.process.kill()
            self.process.wait()

    def close(self) -> None:
        """Leave in good order: sockets are told to come back."""
        if self.process is not None and self.process.poll() is None:
            self.process.terminate()
            self.process.wait(20)

    def post(
        self, text: str, credential: dict[str, str], *, room: str = "101", **said: str
    ) -> dict[str, object]:
        """Open a request by the API, as a device or a colleague does."""
        body = {"requestText": text, "roomNumber": room, **said}
        answer = httpx.post(f"{self.address}/api/request", json=body, headers=credential)
        assert answer.status_code == 201, answer.text
        data: dict[str, object] = answer.json()["data"]
        return data

    def _environment(self) -> dict[str, str]:
        place = connection.settings_dict
        address = f"postgresql://{place['USER']}@{place['HOST']}:{place['PORT']}/{place['NAME']}"
        # A name of their own keeps these processes' news apart from other runs on the same Redis.
        named = {"DATABASE_URL": address, "DATA_DIR": str(self.folder), "INSTANCE_ID": f"journey-{self.port}"}
        return {**os.environ, **named, **self.more, "DJANGO_SETTINGS_MODULE": "settings.test"}

    def _is_ready(self) -> bool:
        try:
            return httpx.get(f"{self.address}/health/ready").status_code == 200
        except httpx.TransportError:
            return False
