"""What the flags of nodes, of timings and of sockets take away."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from datetime import timedelta

import pytest
from django.conf import LazySettings
from rest_framework.test import APIClient

from cluster import bus, cache, identity, nodes, timings, tuning
from cluster.bus.link import State
from cluster.models import Node, NodeRole
from cluster.nodes import Life
from cluster.reports import own
from cluster.reports.publishing import publish
from cluster.serving.readiness import unreadiness
from requests_app import flags as ours
from tests import cast
from tests.flags.conftest import Switch

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.both_databases]


def test_without_monitoring_nothing_is_timed_and_it_is_said(switch: Switch) -> None:
    hoa = APIClient(headers=cast.bearer(cast.demo_hotel().hoa))

    def counted() -> int:
        hoa.get("/api/request")
        found = timings.timings().get("request.list")
        return found.count if found else 0

    assert hoa.get("/api/request/performance").json()["data"]["monitoring"] is True
    before = counted()
    assert counted() == before + 1
    switch(ours.MONITORING, 0)
    assert counted() == before + 1
    assert hoa.get("/api/request/performance").json()["data"]["monitoring"] is False
    assert hoa.get("/api/instance-info").json()["data"]["performanceMetrics"]["monitoring"] is False


def test_without_balancing_the_first_of_each_role_serves(switch: Switch) -> None:
    nodes.claim(Life(NodeRole.WEB, identity.instance_id()))
    nodes.claim(Life(NodeRole.LIVE, "-live"))
    nodes.claim(Life(NodeRole.WEB, "-web"))
    assert unreadiness() == ""
    switch(ours.BALANCING, 0)
    assert unreadiness() == "another-node-serves"
    rows = Node.objects.filter(instance_id="-web")
    rows.update(last_heartbeat=rows.get().last_heartbeat - timedelta(seconds=3))
    assert unreadiness() == ""
    rows.delete()
    switch(ours.BALANCING, 100)
    assert unreadiness() == ""


@pytest.fixture
def quiet() -> Iterator[logging.Logger]:
    root = logging.getLogger()
    level = root.level
    yield root
    root.setLevel(level)


def test_without_its_tuning_a_node_has_the_defaults(
    switch: Switch, settings: LazySettings, quiet: logging.Logger
) -> None:
    settings.CACHE_TTL, settings.CACHE_MAX_SIZE = 100, 3
    quiet.setLevel("ERROR")
    switch(ours.TUNING, 0)
    tuning.apply()
    assert (tuning.value("CACHE_TTL"), cache.statistics()["maxEntries"]) == (60_000, 1_000)
    assert quiet.level == logging.INFO
    switch(ours.TUNING, 100)
    tuning.apply()
    assert (tuning.value("CACHE_TTL"), cache.statistics()["maxEntries"]) == (100, 3)
    assert quiet.level == logging.ERROR


def test_alone_a_node_keeps_nothing_near_and_others_can_tell(switch: Switch) -> None:
    hotel = cast.demo_hotel()
    hoa = APIClient(headers=cast.bearer(hotel.hoa))
    life = Life(NodeRole.WEB, identity.instance_id())
    nodes.claim(life)
    cast.asked(hotel.lan, hotel.property)
    assert [hoa.get("/api/request").headers["X-Cache"] for _ in range(2)] == ["MISS", "L1"]
    switch(ours.COORDINATION, 0)
    assert "L1" not in [hoa.get("/api/request").headers["X-Cache"] for _ in range(3)]
    assert bus.state() is not State.UP
    publish(life, own("coordination"))
    (node,) = hoa.get("/api/cluster-status").json()["data"]["nodes"]
    assert node["alone"] is True
    switch(ours.COORDINATION, 100)
    publish(life, own("coordination"))
    assert hoa.get("/api/cluster-status").json()["data"]["nodes"][0]["alone"] is False
