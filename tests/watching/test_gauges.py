"""What a scrape says of this process, from memory alone."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.test import Client
from prometheus_client import REGISTRY

from cluster import flags, gauges, health
from cluster.flags import reading
from cluster.flags.rules import Rule


def value(name: str, **labels: str) -> float | None:
    return REGISTRY.get_sample_value(name, labels)


def test_it_works_without_the_database_or_redis() -> None:
    """No fixture lends the database here, so a question to it would fail."""
    modes = {mode: value("bellhop_mode", mode=mode) for mode in gauges.MODES}
    assert sum(number or 0 for number in modes.values()) == 1
    assert {value("bellhop_flag_share", flag=flag.name) for flag in flags.declared()} <= {0.0, 1.0}


def test_a_flag_says_for_which_share_it_is_on(monkeypatch: pytest.MonkeyPatch, settings: Any) -> None:
    some, other = flags.declared()[:2]
    monkeypatch.setattr(reading, "_snapshot", reading.Snapshot({some.name: Rule(25)}))
    assert value("bellhop_flag_share", flag=some.name) == 0.25
    assert value("bellhop_flag_share", flag=other.name) == 1.0
    settings.FLAGS_FORCE_OFF = frozenset({other.name})
    assert value("bellhop_flag_share", flag=other.name) == 0.0


def test_a_finding_is_told_until_the_next_look(monkeypatch: pytest.MonkeyPatch) -> None:
    from cluster.health import checking

    monkeypatch.setattr(checking, "_checks", {})
    answers = [None, OSError("cut")]

    def run() -> None:
        if problem := answers.pop(0):
            raise problem

    health.register("wire", run)
    assert value("bellhop_health_check", check="wire") is None
    checking.look_at_all()
    assert value("bellhop_health_check", check="wire") == 1.0
    checking.look_at_all()
    assert value("bellhop_health_check", check="wire") == 0.0


def test_a_backup_has_an_age_once_one_is_known(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(gauges.backup_age, "_made_at", None)
    gauges.backup_age.look(lambda: None)
    assert value("bellhop_backup_age_seconds") is None
    gauges.backup_age.look(lambda: datetime.now(UTC) - timedelta(hours=2))
    assert value("bellhop_backup_age_seconds") == pytest.approx(7_200, abs=30)


@pytest.mark.django_db
def test_calls_are_counted_and_probes_are_not(client: Client) -> None:
    before = value("bellhop_requests_total", status="4xx") or 0
    client.get("/api/nothing-here")
    client.get("/health/live")
    client.get("/metrics", HTTP_X_FORWARDED_FOR="192.0.2.1")
    assert value("bellhop_requests_total", status="4xx") == before + 1
