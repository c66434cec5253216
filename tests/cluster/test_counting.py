"""What the metrics say of answered calls is what the library would have said, one by one."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client
from prometheus_client import REGISTRY, CollectorRegistry, Histogram, generate_latest

from cluster.middleware import counting
from tests import cast
from tests.cast import Hotel

pytestmark = pytest.mark.django_db
LIST = {"view": "requests", "method": "GET"}


def value(name: str, **labels: str) -> float:
    return REGISTRY.get_sample_value(f"django_http_{name}", labels) or 0.0


def counted() -> dict[str, float]:
    counting.settle()
    return {
        "calls": value("requests_before_middlewares_total"),
        "answers": value("responses_before_middlewares_total"),
        "gets": value("requests_total_by_method_total", method="GET"),
        "posts": value("requests_total_by_method_total", method="POST"),
        "http": value("requests_total_by_transport_total", transport="http"),
        "doors": value("requests_total_by_view_transport_method_total", transport="http", **LIST),
        "good": value("responses_total_by_status_view_method_total", status="200", **LIST),
        "404": value("responses_total_by_status_total", status="404"),
        "timed": value("requests_latency_seconds_by_view_method_count", **LIST),
        "passed": value("requests_latency_including_middlewares_seconds_count"),
        "asked": value("requests_body_total_bytes_sum"),
        "sizes": value("responses_body_total_bytes_count"),
    }


def test_it_works(hotel: Hotel) -> None:
    lan, before = Client(headers=cast.bearer(hotel.lan)), counted()
    for _ in range(3):
        assert lan.get("/api/request").status_code == 200
    assert lan.post("/api/request", b'{"requestText":', content_type="application/json").status_code == 400
    assert lan.get("/api/nowhere").status_code == 404
    assert value("requests_total_by_method_total", method="POST") == before["posts"], "told one by one"
    more = {name: number - before[name] for name, number in counted().items()}
    assert more == {
        "calls": 5,
        "answers": 5,
        "gets": 4,
        "posts": 1,
        "http": 5,
        "doors": 3,
        "good": 3,
        "404": 1,
        "timed": 3,
        "passed": 5,
        "asked": 15,
        "sizes": 5,
    }


def test_the_scraper_is_told_all(hotel: Hotel) -> None:
    lan, before = Client(headers=cast.bearer(hotel.lan)), counted()["good"]
    lan.get("/api/request")
    line = (
        'django_http_responses_total_by_status_view_method_total{method="GET",status="200",view="requests"}'
    )
    assert f"{line} {before + 1}" in Client().get("/metrics").content.decode()


def test_many_are_told_unasked(hotel: Hotel, monkeypatch: Any) -> None:
    monkeypatch.setattr(counting, "MOST_KEPT_BACK", 2)
    lan, before = Client(headers=cast.bearer(hotel.lan)), counted()["good"]
    lan.get("/api/request")
    lan.get("/api/request")
    assert value("responses_total_by_status_view_method_total", status="200", **LIST) == before + 2


def test_many_amounts_are_as_one_after_the_other() -> None:
    amounts = [0, 1, 1.5, 2, 2.0001, 1000, 0.25]
    pages = []
    for together in (True, False):
        registry = CollectorRegistry()
        histogram = Histogram("it", "What is seen.", registry=registry, buckets=(1, 2, 3))
        if together:
            counting.observe(histogram, amounts)
        else:
            for amount in amounts:
                histogram.observe(amount)
        pages.append(
            [line for line in generate_latest(registry).decode().splitlines() if "created" not in line]
        )
    assert pages[0] == pages[1]
