"""Each unit's command line, run as the unit says: its words, its environment alone, its secrets in files."""

from __future__ import annotations

import os
import signal
import sys
from pathlib import Path

import httpx
import pytest
from django.core.management import get_commands
from django.db import connection

from cluster.local.process import free_port
from tests.deploy.reading import UNITS
from tests.deploy.units import RELEASES, ROOT, Unit
from tests.live.lines import until


@pytest.fixture
def etc(tmp_path: Path) -> Path:
    """What deploy/install and a person put into /etc/bellhop."""
    folder = tmp_path / "etc"
    (folder / "secrets").mkdir(parents=True)
    place = connection.settings_dict
    for name, value in {
        "database-url": f"postgresql://{place['USER']}@{place['HOST']}:{place['PORT']}/{place['NAME']}",
        "redis-url": os.environ["REDIS_URL"],
        "secret-key": "0123456789abcdefghijklmnopqrstuvwxyz",
        "audit-key": "zyxwvutsrqponmlkjihgfedcba9876543210",
        "metrics-token": "0123456789abcdef",
    }.items():
        (folder / "secrets" / name).write_text(f"{value}\n")
    shipped = (ROOT / "deploy/systemd/bellhop.env").read_text()
    (folder / "bellhop.env").write_text(f"{shipped}DRAIN_GRACE=100\n")
    return folder


def unit(word: str, etc: Path) -> Unit:
    release = f"{RELEASES}/{'current' if '@0' not in word else word.partition('@')[2]}"
    moved = {
        f"{release}/.venv/bin/python": sys.executable,
        f"{release}/manage.py": str(ROOT / "manage.py"),
        "/etc/bellhop": str(etc),
    }
    return Unit.of(word, moved)


@pytest.mark.parametrize("role", ["web", "live"])
def test_a_start_is_over_when_the_node_says_so(role: str) -> None:
    assert "Type=notify" in (ROOT / f"deploy/systemd/bellhop-{role}@.service").read_text().splitlines()


@pytest.mark.journey
@pytest.mark.django_db(transaction=True)
def test_nodes_start_answer_and_leave(etc: Path, tmp_path: Path) -> None:
    credentials = tmp_path / "credentials"
    credentials.mkdir()
    running = {}
    try:
        for role in ("web", "live"):
            one = unit(f"bellhop-{role}@{free_port()}", etc)
            one.hand_over(credentials)
            running[one.instance] = one.popen(credentials, cwd=tmp_path)
        for port in running:
            until(lambda port=port: is_ready(port), seconds=40)
            assert httpx.get(f"http://127.0.0.1:{port}/health").json()["instanceId"].endswith(f"-{port}")
        for process in running.values():
            process.send_signal(signal.SIGTERM)
        assert [process.wait(33) for process in running.values()] == [0, 0]
    finally:
        for process in running.values():
            process.kill()


@pytest.mark.django_db(transaction=True)
def test_the_schema_is_brought_up_to_date(etc: Path, tmp_path: Path) -> None:
    credentials = tmp_path / "credentials"
    credentials.mkdir()
    one = unit("bellhop-migrate@0.1.0", etc)
    one.hand_over(credentials)
    assert one.popen(credentials, cwd=tmp_path).wait(60) == 0


def test_every_command_is_there() -> None:
    for word in UNITS:
        words = Unit.of(word).command(Path("/run/credentials"))
        assert words[1].endswith("/manage.py")
        assert words[2] in get_commands(), word


def is_ready(port: str) -> bool:
    try:
        return httpx.get(f"http://127.0.0.1:{port}/health/ready").is_success
    except httpx.TransportError:
        return False
