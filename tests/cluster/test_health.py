"""Probes get a plain answer on any host name; metrics go to those who may read them."""

from __future__ import annotations

from ipaddress import ip_network
from threading import Event as Signal
from typing import Any

import pytest
from django.test import Client

from cluster.health import checking, register
from cluster.identity import VERSION, instance_id

pytestmark = [pytest.mark.urls("tests.cluster.doors"), pytest.mark.django_db(transaction=True)]

EVIL = {"Host": "10.1.2.3:9999"}


@pytest.fixture(autouse=True)
def _own_checks(monkeypatch: pytest.MonkeyPatch, settings: Any) -> None:
    settings.HEALTH_CHECK_INTERVAL = 0
    monkeypatch.setattr(checking, "_checks", dict(checking._checks))
    for check in checking._checks.values():
        check._known = None


def fails() -> None:
    raise ConnectionError("redis-7.internal is away")


def staff_only(request: object) -> bool:
    return True


def unknowable(request: object) -> bool:
    raise ConnectionError


def test_it_works(client: Client) -> None:
    response = client.get("/health", headers=EVIL)
    assert response.status_code == 200
    assert response.json() == {
        "status": "healthy",
        "checks": {name: {"status": "healthy"} for name in ("database", "cache", "channelLayer")},
        "instanceId": instance_id(),
        "version": VERSION,
    }


@pytest.mark.parametrize("path", ["/health", "/health/live", "/health/ready", "/metrics"])
def test_it_answers_for_any_host_and_either_spelling(client: Client, path: str) -> None:
    assert client.get(path, headers=EVIL).status_code == 200
    assert client.get(f"{path}/", headers=EVIL).status_code == 200
    assert client.head(path, headers=EVIL).status_code == 200
    assert client.post(path, headers=EVIL).status_code == 405


def test_a_lost_accelerator_is_degraded_and_still_ready(client: Client) -> None:
    register("channelLayer", fails)
    response = client.get("/health")
    assert (response.status_code, response.json()["status"]) == (200, "degraded")
    assert response.json()["checks"]["channelLayer"] == {"status": "degraded"}
    assert client.get("/health/ready").status_code == 200


def test_a_lost_database_is_unhealthy_and_not_ready_but_alive(client: Client) -> None:
    register("database", fails, vital=True)
    response = client.get("/health")
    assert (response.status_code, response.json()["status"]) == (503, "unhealthy")
    assert client.get("/health/ready").status_code == 503
    assert client.get("/health/live").status_code == 200


def test_only_staff_see_the_reason(client: Client, settings: Any) -> None:
    register("channelLayer", fails)
    assert "redis-7" not in client.get("/health").content.decode()
    settings.HEALTH_DETAILS_FOR = "tests.cluster.test_health.staff_only"
    assert "redis-7" in client.get("/health").json()["checks"]["channelLayer"]["reason"]
    settings.HEALTH_DETAILS_FOR = "tests.cluster.test_health.unknowable"
    assert "redis-7" not in client.get("/health").content.decode()


def test_a_check_that_hangs_is_bounded_and_not_started_twice(
    client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(checking, "BOUND_SECONDS", 0.05)
    free, started = Signal(), []

    def hangs() -> None:
        started.append(1)
        free.wait(timeout=10)

    register("database", hangs, vital=True)
    assert [client.get("/health/ready").status_code for _ in range(3)] == [503, 503, 503]
    assert len(started) == 1
    free.set()


def test_liveness_touches_nothing(client: Client, django_assert_num_queries: Any) -> None:
    register("database", fails, vital=True)
    with django_assert_num_queries(0):
        assert client.get("/health/live").json()["status"] == "alive"


def test_neighbours_read_the_metrics(client: Client) -> None:
    response = client.get("/metrics")
    assert response.status_code == 200
    assert b"bellhop_sockets" in response.content
    assert b"bellhop_events_published_total" in response.content


@pytest.mark.parametrize("header", ["X-Forwarded-For", "Forwarded", "X-Real-IP", "X-Forwarded-Proto"])
def test_nobody_reads_them_through_a_proxy(client: Client, header: str) -> None:
    assert client.get("/metrics", headers={header: "127.0.0.1"}).status_code == 403


@pytest.mark.parametrize("address", ["203.0.113.9", "", "not an address", "2001:db8::1"])
def test_strangers_do_not_read_them(client: Client, address: str) -> None:
    assert client.get("/metrics", REMOTE_ADDR=address).status_code == 403


def test_a_mapped_address_is_its_ipv4_self(client: Client, settings: Any) -> None:
    settings.METRICS_ALLOWED_CIDRS = [ip_network("10.0.0.0/8")]
    assert client.get("/metrics", REMOTE_ADDR="::ffff:10.1.2.3").status_code == 200
    assert client.get("/metrics", REMOTE_ADDR="127.0.0.1").status_code == 403


def test_the_token_opens_them_from_anywhere(client: Client, settings: Any) -> None:
    settings.METRICS_TOKEN = "a-long-token-for-scrapers"
    far = {"REMOTE_ADDR": "203.0.113.9", "HTTP_X_FORWARDED_FOR": "1.2.3.4"}
    assert (
        client.get("/metrics", **far, HTTP_AUTHORIZATION="Bearer a-long-token-for-scrapers").status_code
        == 200
    )
    for wrong in ("Bearer wrong", "Bearer ", "Basic a-long-token-for-scrapers", "Bearer é"):
        assert client.get("/metrics", **far, HTTP_AUTHORIZATION=wrong).status_code == 403
