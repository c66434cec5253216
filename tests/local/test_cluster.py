"""A local cluster of two web and two live nodes: its verbs, and its balancers while nodes come and go."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import httpx
import pytest

from cluster.local import plan, wait
from tests.local.load import Load
from tests.local.town import Gate, Town

pytestmark = [pytest.mark.journey, pytest.mark.timeout(300)]

OTHERS = ("haproxy", "nginx")


@pytest.fixture(scope="module")
def town(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Town]:
    town = Town(tmp_path_factory.mktemp("town"))
    town.do("up", "--nodes", "2", PORT=str(next(plan.free_ports())))
    try:
        yield town
    finally:
        pids = [part["pid"] for part in town.parts().values() if part["pid"]]
        town.do("down", "--purge")
        assert not any(Path(f"/proc/{pid}/exe").exists() for pid in pids)
        assert not (town.folder / "local").exists()


@pytest.fixture(scope="module")
def secure_gate(town: Town, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Gate]:
    """The shipped nginx site as it is shipped: with TLS."""
    gate = Gate(town, "nginx", tmp_path_factory.mktemp("secure"), tls=True)
    try:
        yield gate
    finally:
        gate.close()


@pytest.fixture(scope="module")
def gates(town: Town, tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, str]]:
    """The three balancers, all before the same nodes."""
    opened = [Gate(town, kind, tmp_path_factory.mktemp(kind)) for kind in OTHERS]
    try:
        yield {"caddy": town.plan.url, **{gate.kind: gate.url for gate in opened}}
    finally:
        for gate in opened:
            gate.close()


def stored(town: Town, credential: dict[str, str]) -> Counter[str]:
    """Every text that is there, and how often, read from a node."""
    address, found, cursor = town.plan["web-1"].url, Counter[str](), ""
    while True:
        answer = httpx.get(
            f"{address}/api/request",
            params={"limit": 100, "cursor": cursor} if cursor else {"limit": 100},
            headers=credential,
        )
        assert answer.status_code == 200, answer.text
        found.update(request["requestText"] for request in answer.json()["data"])
        cursor = answer.json()["pagination"]["nextCursor"]
        if not cursor:
            return found


def test_the_status_is_what_the_process_table_says(town: Town) -> None:
    parts = town.parts()
    assert set(parts) == {"postgres", "redis", "relay", "web-1", "web-2", "live-1", "live-2", "lb"}
    for name, part in parts.items():
        assert part["state"] == "running", name
        os.kill(part["pid"], 0)
    hoa = town.token(town.plan.url, "hoa")
    seen = httpx.get(f"{town.plan.url}/api/cluster-status", headers=hoa).json()["data"]
    assert seen["mode"] == "cluster"
    assert {it["instanceId"]: it["role"] for it in seen["nodes"]} == {
        name: part["kind"] for name, part in parts.items() if part["role"]
    }
    for name in ("web-1", "web-2"):
        info = httpx.get(f"{parts[name]['url']}/api/instance-info", headers=hoa).json()["data"]
        assert (info["instanceId"], info["pid"]) == (name, parts[name]["pid"])


def test_nodes_come_and_go_behind_every_balancer(
    town: Town, gates: dict[str, str], secure_gate: Gate
) -> None:
    lan = town.token(town.plan.url)
    loads = [Load(address, kind, lan) for kind, address in gates.items()]
    loads.append(Load(secure_gate.url, "nginx over TLS", lan, secure_gate.trusted))
    with ExitStack() as at_work:
        for load in loads:
            at_work.enter_context(load.running())
        for name in ("web-1", "web-2"):
            town.do("stop", name)
            town.do("start", name)
        refused = {load.name: list(load.failed) for load in loads}
        town.do("kill", "web-1")
        town.do("start", "web-1")
    found = stored(town, lan)
    print({load.name: (load.calls, len(load.failed)) for load in loads})
    for load in loads:
        assert refused[load.name] == [], "a rolling restart failed calls"
        assert load.longest_outage() <= 1, load.failed
        assert len(load.acknowledged) > 20
        assert [text for text in load.acknowledged if found[text] != 1] == []
        assert set(load.acknowledged) <= set(load.heard), "an event was missed"
        assert max(Counter(load.heard).values()) == 1, "an event was doubled"
    assert max(found.values()) == 1, "a write was doubled"


def test_the_site_is_found_over_tls_alone(secure_gate: Gate) -> None:
    assert secure_gate.url.startswith("https://")
    denied = secure_gate.get("/metrics")
    assert denied.status_code == 403
    assert denied.headers.get_list("Strict-Transport-Security") == ["max-age=31536000; includeSubDomains"]
    tells_browsers(denied)
    with pytest.raises(httpx.ConnectError, match="CERTIFICATE_VERIFY_FAILED"):
        httpx.get(f"{secure_gate.url}/health")
    assert httpx.get(secure_gate.url.replace("https:", "http:")).status_code == 400


def tells_browsers(answer: httpx.Response) -> None:
    """Each header once, whoever answered, and nobody's version."""
    for name, value in (
        *(("X-Content-Type-Options", "nosniff"), ("X-Frame-Options", "DENY")),
        *(("Referrer-Policy", "same-origin"), ("Cache-Control", "no-store")),
        *(("Cross-Origin-Opener-Policy", "same-origin"), ("Cross-Origin-Resource-Policy", "same-origin")),
    ):
        said = answer.headers.get_list(name)
        assert len(said) == 1, (name, said)
        assert value in said[0], (name, said)
    policy = answer.headers.get_list("Content-Security-Policy")
    assert len(policy) == 1
    assert "default-src 'none'" in policy[0]
    assert answer.headers.get("Server", "") in ("", "nginx", "bellhop")


@pytest.mark.parametrize("kind", ["caddy", "haproxy", "nginx"])
def test_what_a_balancer_keeps_to_itself(town: Town, gates: dict[str, str], kind: str) -> None:
    address = gates[kind]
    scraper = {"Authorization": f"Bearer {town.secret('METRICS_TOKEN')}"}
    assert httpx.get(f"{town.plan['web-1'].url}/metrics", headers=scraper).status_code == 200
    for path in ("/metrics", "/metrics/", "/%6detrics", "/metrics%2F", "/metrics?all=1"):
        denied = httpx.get(f"{address}{path}", headers=scraper)
        assert (path, denied.status_code) == (path, 403)
        assert "X-Instance-ID" not in denied.headers, "a node was asked"
        tells_browsers(denied)
    forged = {"X-Forwarded-For": "203.0.113.9", "X-Forwarded-Proto": "https", "Forwarded": "for=203.0.113.9"}
    assert httpx.get(f"{address}/health", headers=forged).status_code == 200
    lan = {**town.token(address), "Content-Type": "application/json"}
    large = httpx.post(f"{address}/api/request", content=b" " * 4_000_000, headers=lan)
    assert large.status_code == 413
    assert large.json()["code"] == "PAYLOAD_TOO_LARGE"
    tells_browsers(large)
    tells_browsers(httpx.get(f"{address}/admin/login/"))
    httpx.get(f"{address}/api/request/guest/Emma-Clarke?search=Emma-Clarke", headers=town.token(address))
    httpx.get(f"{address}/s/a-guest-s-token")
    logs = list(town.folder.parent.rglob("lb.log"))
    assert len(logs) >= 3
    for log in logs:
        text = log.read_text()
        assert "Emma" not in text
        assert "a-guest-s-token" not in text
    # HAProxy writes a slash in JSON as it may: with a backslash before it.
    assert any("/api/request/guest" in log.read_text().replace("\\/", "/") for log in logs)


def test_parts_are_held_killed_and_brought_back(town: Town) -> None:
    town.do("pause", "live-1")
    assert town.parts()["live-1"]["state"] == "paused"
    town.do("resume", "live-1")
    town.do("stop", "live-2")
    assert (town.parts()["live-2"]["state"], town.parts()["live-2"]["pid"]) == ("stopped", None)
    town.do("kill", "postgres")
    assert town.parts()["postgres"]["state"] == "dead"
    refused = town.manage("roll")
    assert refused.returncode == 1
    assert "is not ready" in refused.stderr
    town.do("start", "postgres")
    town.do("start", "live-2")
    town.do("kill", "redis")
    town.do("start", "redis")
    assert {part["state"] for part in town.parts().values()} == {"running"}
    address = town.plan["web-1"].url
    assert wait.until(lambda: httpx.get(f"{address}/health").json()["status"] == "healthy", 20)


def test_one_node_is_cut_off_from_redis(town: Town) -> None:
    cut, other = town.plan["web-1"].url, town.plan["web-2"].url
    town.do("cut", "web-1")
    assert wait.until(lambda: httpx.get(f"{cut}/health").json()["status"] == "degraded", 20)
    assert httpx.get(f"{cut}/health/ready").status_code == 200
    assert httpx.get(f"{other}/health").json()["status"] == "healthy"
    town.do("heal", "web-1")
    assert wait.until(lambda: httpx.get(f"{cut}/health").json()["status"] == "healthy", 20)


def test_a_second_cluster_is_refused_here(town: Town) -> None:
    refused = town.manage("up")
    assert refused.returncode == 1
    assert "is up already" in refused.stderr


def test_a_name_nobody_has(town: Town) -> None:
    refused = town.manage("kill", "web-7")
    assert refused.returncode == 1
    assert "no part 'web-7'" in refused.stderr


def test_a_word_that_can_not_be_meant(town: Town) -> None:
    refused = town.manage("slow", "web-1", "-5")
    assert refused.returncode == 2
    assert "'-5' is not a number of milliseconds" in refused.stderr


def test_a_command_runs_as_one_of_the_cluster(town: Town) -> None:
    done = town.manage("manage", "cluster", "status", "--json")
    assert (done.returncode, {node["instanceId"] for node in json.loads(done.stdout)["nodes"]}) == (
        0,
        {"web-1", "web-2", "live-1", "live-2"},
    )


def test_a_taken_port_is_said_at_once(town: Town, tmp_path: Path) -> None:
    refused = Town(tmp_path).manage("up", PORT=str(town.plan["lb"].port))
    assert refused.returncode == 1
    assert "is taken; choose another PORT" in refused.stderr


def test_a_stale_pid_file_harms_nobody(town: Town) -> None:
    foreign = subprocess.Popen([sys.executable, "-c", "input()"], stdin=subprocess.PIPE)
    place = town.folder / "local/pids/web-2.json"
    kept = place.read_text()
    try:
        place.write_text(kept.replace(str(town.parts()["web-2"]["pid"]), str(foreign.pid)))
        assert town.parts()["web-2"]["state"] == "dead"
        assert town.manage("kill", "web-2").returncode == 1
        assert foreign.poll() is None
    finally:
        place.write_text(kept)
        foreign.communicate(b"\n")
