"""GET /api/instance-info and GET /api/cluster-status."""

from __future__ import annotations

import os
from datetime import timedelta
from typing import Any

import pytest

from cluster import bus, health, identity, nodes
from cluster.clock import DatabaseNow
from cluster.health import Finding, Word
from cluster.leader import Lease
from cluster.models import Node, NodeRole
from cluster.nodes import Life
from cluster.timings import timed
from tests import cast
from tests.api.speaking import Speaker, data_of, refusal_of

pytestmark = [pytest.mark.django_db, pytest.mark.both_databases]

INFO, STATUS = "/api/instance-info", "/api/cluster-status"


@pytest.fixture
def hoa(monkeypatch: Any) -> Speaker:
    """The manager, on a day when all is well."""
    monkeypatch.setattr(health, "check_all", lambda: {"database": Finding(Word.HEALTHY)})
    monkeypatch.setattr(bus, "state", lambda: "up")
    return Speaker(cast.bearer(cast.demo_hotel().hoa))


def node(name: str, silent: float = 0) -> None:
    nodes.claim(Life(NodeRole.WEB, name))
    Node.objects.filter(pk=name).update(last_heartbeat=DatabaseNow() - timedelta(seconds=silent))


def test_instance_info(hoa: Speaker) -> None:
    node("web-1")
    node("web-2", silent=2.5)
    node("web-3", silent=60)
    with timed("status.test"):
        pass
    said = data_of(hoa.get(INFO))
    assert said.keys() == {
        *("instanceId", "clusterInfo", "performanceMetrics", "version", "host", "pid"),
        *("startedAt", "uptimeSeconds", "connections"),
    }
    mode = said["clusterInfo"].pop("mode")
    assert mode in ("cluster", "single-node")
    assert said["clusterInfo"] == {"nodeId": identity.instance_id(), "totalNodes": 2, "isLeader": False}
    assert said["performanceMetrics"]["operations"]["status.test"]["count"] >= 1
    assert said["performanceMetrics"]["cacheStats"].keys() >= {"requests", "hitRate", "entries", "bytes"}
    assert (said["instanceId"], said["version"]) == (identity.instance_id(), identity.VERSION)
    assert (said["pid"], said["connections"]) == (os.getpid(), 0)
    assert said["startedAt"].endswith("Z")
    assert said["uptimeSeconds"] > 0


def test_cluster_status(hoa: Speaker) -> None:
    node("web-1")
    node("web-2", silent=2.5)
    node("web-3", silent=60)
    Lease().keep("web-1", "boot")
    said = data_of(hoa.get(STATUS))
    assert said.keys() == {"mode", "degraded", "reasons", "leader", "term", "nodes"}
    assert (said["degraded"], said["reasons"], said["leader"], said["term"]) == (False, [], "web-1", 1)
    assert [(it["instanceId"], it["status"], it["role"]) for it in said["nodes"]] == [
        ("web-1", "up", "web"),
        ("web-2", "suspect", "web"),
        ("web-3", "down", "web"),
    ]
    assert said["nodes"][0].keys() == {
        *("instanceId", "host", "version", "role", "status", "startedAt", "lastHeartbeat"),
        *("connections", "load", "alone"),
    }
    assert said["nodes"][0]["lastHeartbeat"].endswith("Z")


def test_nobody_leads_yet(hoa: Speaker) -> None:
    said = data_of(hoa.get(STATUS))
    assert (said["leader"], said["term"], said["nodes"]) == (None, 0, [])


def test_it_says_what_is_wrong(hoa: Speaker, monkeypatch: Any) -> None:
    monkeypatch.setattr(health, "check_all", lambda: {"cache": Finding(Word.DEGRADED, reason="it is away")})
    monkeypatch.setattr(bus, "state", lambda: "down")
    said = data_of(hoa.get(STATUS))
    assert said["degraded"] is True
    assert said["reasons"] == ["cache: it is away", "channelLayer: the bus hears no echo of its own bell"]


@pytest.mark.parametrize("address", ["", "redis://localhost:1/0"])
def test_the_mode_is_what_was_installed(hoa: Speaker, settings: Any, address: str) -> None:
    from django.db import connection

    settings.REDIS_URL = address
    wanted = "cluster" if address and connection.vendor == "postgresql" else "single-node"
    assert data_of(hoa.get(STATUS))["mode"] == wanted
    assert data_of(hoa.get(INFO))["clusterInfo"]["mode"] == wanted


@pytest.mark.parametrize("path", [INFO, STATUS])
def test_who_may_ask(hoa: Speaker, path: str) -> None:
    place = cast.Property.objects.get(slug=cast.DEMO)
    assert hoa.get(path, {"propertyId": cast.DEMO}).status_code == 200
    refusal_of(hoa.get(path, {"propertyId": "elsewhere"}), 404, "NOT_FOUND")
    refusal_of(Speaker().get(path), 401, "AUTHENTICATION_REQUIRED")
    refusal_of(Speaker().get(path, {"propertyId": cast.DEMO}), 401, "AUTHENTICATION_REQUIRED")
    assert Speaker(cast.api_key(place, "ops")).get(path).status_code == 200
    refusal_of(Speaker(cast.api_key(place, "stay")).get(path), 403, "PERMISSION_DENIED")
