"""What each node says of itself, read by all."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest

from cluster import identity, nodes, reports, timings
from cluster.clock import DatabaseNow
from cluster.models import Node, NodeReport, NodeRole
from cluster.nodes import Life
from cluster.pulse import Pulse
from cluster.reports import publishing, registry
from tests.live.lines import until

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.both_databases]


@pytest.fixture
def here() -> Iterator[str]:
    """The name of this process as a node that has reported."""
    started = Pulse(NodeRole.ALL)
    started.start()
    until(NodeReport.objects.exists)
    yield identity.instance_id()
    started.stop()


def other(name: str, figures: dict[str, Any], silent: float = 0) -> None:
    life = Life(NodeRole.WEB, name)
    nodes.claim(life)
    NodeReport.objects.create(instance_id=name, boot=life.boot, figures=figures, at=DatabaseNow())
    Node.objects.filter(pk=name).update(last_heartbeat=DatabaseNow() - timedelta(seconds=silent))


def test_it_works(here: str) -> None:
    other("web-8", {"thing": {"n": 1}})
    found = reports.of_all()
    assert found.keys() == {here, "web-8"}
    assert found["web-8"] == {"thing": {"n": 1}}
    assert found[here].keys() >= {"operations", "bus", "hub", "reasons"}


def test_it_is_written_anew(here: str) -> None:
    before = NodeReport.objects.get().at
    until(lambda: NodeReport.objects.get().at > before)


def test_its_own_figures_are_of_this_moment(here: str) -> None:
    with timings.timed("reports.test"):
        pass
    assert "reports.test" in reports.of_all()[here]["operations"]


def test_the_dead_and_former_lives_say_nothing(here: str) -> None:
    other("web-7", {"thing": 1}, silent=60)
    other("web-8", {"thing": 1}, silent=2.5)
    other("web-9", {"thing": 1})
    Node.objects.filter(pk="web-9").update(boot="another")
    found = reports.of_all()
    assert "web-7" not in found
    assert (found["web-8"], found["web-9"]) == ({"thing": 1}, {})
    assert reports.of_node("web-7") == {"thing": 1}


def test_figures_that_fail_do_not_silence_the_others(monkeypatch: Any) -> None:
    def fail() -> None:
        raise RuntimeError("no")

    monkeypatch.setattr(registry, "_providers", {"bad": fail, "good": lambda: 1})
    assert reports.own() == {"good": 1}
    with pytest.raises(ValueError, match="registered twice: good"):
        reports.register("good", lambda: 1)


def test_a_report_is_one_row_a_node(monkeypatch: Any) -> None:
    monkeypatch.setattr("cluster.reports.reading.own_boot", "")
    life = Life(NodeRole.WEB, "web-1")
    publishing.publish(life, {"n": 1})
    publishing.publish(life, {"n": 2})
    assert NodeReport.objects.get().figures == {"n": 2}
