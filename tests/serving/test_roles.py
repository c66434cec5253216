"""A web node and a live node are one service; each is one process and does its part only."""

from __future__ import annotations

import socket
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest

from cluster.local import Server, valkey
from cluster.local.process import free_port
from cluster.management.commands.serve import serve
from cluster.models import Node, NodeRole
from cluster.serving import wsgi
from cluster.serving.listener import listen
from tests import cast
from tests.cast import Hotel
from tests.journeys.house import ROOT, House
from tests.live.lines import until
from tests.serving.conftest import Open
from tests.serving.talking import line, name_of, ready, row

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.journey]

PROBES = ("/health", "/health/live", "/health/ready", "/metrics")


@pytest.fixture
def redis(tmp_path: Path) -> Iterator[Server]:
    server = valkey.start(tmp_path / "redis")
    yield server
    server.stop()


def test_what_web_takes_live_shows_with_redis_and_without(
    open_nodes: Open, redis: Server, hotel: Hotel
) -> None:
    (web,), (live,) = (open_nodes(role, REDIS_URL=redis.url) for role in ("web", "live"))
    hoa = cast.bearer(hotel.hoa)
    with line(live, hotel) as desk:
        desk.sub("property:demo-hotel")
        web.post("with the bell", hoa)
        (first,) = desk.wait_events(1)
        assert (first["instance"], first["data"]["request"]["requestText"]) == (name_of(web), "with the bell")
        redis.process.kill()
        redis.process.wait()
        web.post("from the log", hoa)
        assert desk.wait_events(2)[1]["seq"] == first["seq"] + 1
    it_serves_its_part(web, live, hoa)
    it_is_one_process(web, live)


def it_serves_its_part(web: House, live: House, hoa: dict[str, str]) -> None:
    for path in ("/api/request", "/static/admin/css/base.css", "/admin/login/"):
        assert httpx.get(f"{web.address}{path}", headers=hoa).status_code == 200
        away = httpx.get(f"{live.address}{path}", headers=hoa)
        assert (away.status_code, away.json()["code"]) == (404, "NOT_FOUND")
        assert away.headers["X-Instance-ID"] == name_of(live)
    for node in (web, live):
        assert [httpx.get(f"{node.address}{path}").status_code for path in PROBES] == [200] * len(PROBES)
        assert httpx.get(f"{node.address}/health/ready/").json()["status"] == "ready"


def it_is_one_process(web: House, live: House) -> None:
    """The process that was started is the node; killed, nobody is left to serve."""
    for node, role in ((web, "web"), (live, "live")):
        assert node.process is not None
        assert (row(node).role, row(node).pid) == (role, node.process.pid)
        node.die()
        with pytest.raises(httpx.ConnectError):
            httpx.get(f"{node.address}/health/live")


def started(house: House) -> subprocess.Popen[str]:
    """Start a node that may not become ready."""
    return subprocess.Popen(
        [sys.executable, "manage.py", "serve", "--port", str(house.port)],
        cwd=ROOT,
        env=house._environment(),
        stderr=subprocess.PIPE,
        text=True,
    )


def test_a_name_and_an_address_are_one_process_s(open_nodes: Open, tmp_path: Path) -> None:
    (node,) = open_nodes("web")
    name = {"INSTANCE_ID": name_of(node)}
    same_name = [started(House(tmp_path, more={"ROLE": role, **name})) for role in ("web", "live")]
    address = House(tmp_path, port=node.port, more={"ROLE": "web", "INSTANCE_ID": "another"})
    same_address = started(address)
    for process in same_name:
        said = process.communicate(timeout=30)[1]
        assert process.returncode == 78, said
        assert f"'{name_of(node)}' is taken" in said
    said = same_address.communicate(timeout=30)[1]
    assert (same_address.returncode, "Can not listen" in said) == (1, True)
    assert not Node.objects.filter(pk="another").exists()


def test_systemd_is_told_when_it_is_in(hotel: Hotel, tmp_path: Path) -> None:
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as systemd:
        systemd.bind("")  # Linux names it, in the abstract namespace
        systemd.settimeout(40)
        named = {"NOTIFY_SOCKET": f"@{systemd.getsockname()[1:].decode()}", "ROLE": "web"}
        house = House(tmp_path, more=named)
        process = started(house)
        try:
            assert systemd.recv(100) == b"READY=1"
            assert Node.objects.filter(pk=f"journey-{house.port}", status="up").exists()
            until(lambda: ready(house).status_code == 200)
        finally:
            process.terminate()
            process.communicate(timeout=30)


def test_a_web_node_answers_in_as_many_threads_as_it_is_told(
    monkeypatch: pytest.MonkeyPatch, settings: Any
) -> None:
    servers: list[wsgi.OneProcess] = []
    monkeypatch.setattr(wsgi.OneProcess, "serve", lambda server, **_: servers.append(server))
    settings.WEB_THREADS = 5
    with listen("127.0.0.1", 0) as listener:
        serve(NodeRole.WEB, listener)
    assert servers[0].blocking_threads == 5


def answers(url: str) -> bool:
    try:
        return bool(httpx.get(url).status_code)
    except httpx.TransportError:
        return False


def test_without_the_database_it_serves_and_is_not_ready(hotel: Hotel, tmp_path: Path) -> None:
    nowhere = {"DATABASE_URL": f"postgresql://bellhop@127.0.0.1:{free_port()}/bellhop"}
    houses = [House(tmp_path, more={"ROLE": role, **nowhere}) for role in ("web", "live")]
    processes = [started(house) for house in houses]
    try:
        for house in houses:
            until(lambda house=house: answers(f"{house.address}/health/live"), 30)
            found = [httpx.get(f"{house.address}{path}").status_code for path in PROBES]
            assert found == [503, 200, 503, 200]
        refused = httpx.get(f"{houses[0].address}/api/request", headers=cast.bearer(hotel.hoa), timeout=20)
        assert (refused.status_code, refused.json()["code"]) == (503, "DATABASE_UNAVAILABLE")
        assert refused.headers["Retry-After"]
    finally:
        for process in processes:
            process.terminate()
            process.communicate(timeout=20)
    assert [process.returncode for process in processes] == [0, 0]
