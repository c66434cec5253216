"""A real local cluster for tests, driven by the commands a person types."""

from __future__ import annotations

import json
import os
import ssl
import subprocess
import sys
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import httpx

from cluster.local import balancer, certificate, plan, wait
from cluster.local.plan import Plan

ROOT = Path(__file__).resolve().parents[2]
FOREIGN = ("DATABASE_URL", "REDIS_URL", "DJANGO_SETTINGS_MODULE", "INSTANCE_ID", "DATA_DIR")


@dataclass
class Town:
    """One local cluster in a folder of its own."""

    folder: Path

    def manage(self, *words: str, **more: str) -> subprocess.CompletedProcess[str]:
        """Type `manage.py local …`."""
        environment = {name: value for name, value in os.environ.items() if name not in FOREIGN}
        return subprocess.run(
            [sys.executable, "manage.py", "local", *words],
            cwd=ROOT,
            env={**environment, "DATA_DIR": str(self.folder), "DRAIN_GRACE": "1500", **more},
            capture_output=True,
            text=True,
            timeout=110,
            check=False,
        )

    def do(self, *words: str, **more: str) -> str:
        """Type it, and expect it to work."""
        done = self.manage(*words, **more)
        assert done.returncode == 0, done.stdout + done.stderr
        return done.stdout

    def parts(self) -> dict[str, dict[str, Any]]:
        return {part["name"]: part for part in json.loads(self.do("status", "--json"))["parts"]}

    @property
    def plan(self) -> Plan:
        found = plan.read(self.folder / "local")
        assert found is not None
        return found

    def secret(self, name: str) -> str:
        secrets = self.folder / "local/secrets.json"
        assert secrets.stat().st_mode & 0o777 == 0o600
        return str(json.loads(secrets.read_text())[name])

    def token(self, address: str, username: str = "lan") -> dict[str, str]:
        said = {"username": username, "password": self.secret("DEMO_PASSWORD")}
        answer = httpx.post(f"{address}/api/auth/login", json=said)
        assert answer.status_code == 200, answer.text
        return {"Authorization": f"Bearer {answer.json()['data']['token']}"}


class Gate:
    """Another balancer before the same nodes."""

    def __init__(self, town: Town, kind: str, folder: Path, *, tls: bool = False) -> None:
        (folder / "logs").mkdir(parents=True)
        door = replace(town.plan["lb"], port=next(plan.free_ports()), secure=tls)
        nodes = (door, *town.plan.nodes)
        drawn = Plan(folder=folder, balancer=kind, limits="", parts=nodes)
        self.kind, self.url, self.log = kind, drawn.url, folder / "logs/lb.log"
        self.process = balancer.open_balancer(drawn, balancer.prepared(drawn, ROOT / "deploy"))
        self.trusted = ssl.create_default_context(cafile=certificate.trusted(drawn)) if tls else None
        if not wait.until(self._answers, 20):
            self.close()
            raise AssertionError(self.log.read_text())

    def _answers(self) -> bool:
        try:
            return self.get("/health/ready").status_code == 200
        except httpx.TransportError:
            return False

    def get(self, path: str) -> httpx.Response:
        return httpx.get(f"{self.url}{path}", timeout=2, verify=self.trusted or True)

    def close(self) -> None:
        self.process.terminate()
        self.process.wait(20)
