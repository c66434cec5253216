"""A real node signs as the leader, and leaves nothing unwritten when it is told to go."""

from __future__ import annotations

import signal

import httpx
import pytest
from pytest_django import Settings

from cluster import leader
from security.audit import checkpoints
from security.models import AuditCheckpoint, AuditEntry
from tests import cast
from tests.cast import Hotel
from tests.live.lines import until
from tests.security.audit import book
from tests.serving.conftest import Open, hotel, open_nodes  # noqa: F401 - fixtures
from tests.serving.talking import name_of

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.journey]
REFUSED = 30
KEY = "k" * 40


def test_it_signs_as_leader_and_writes_what_waits_before_it_goes(
    open_nodes: Open,  # noqa: F811
    hotel: Hotel,  # noqa: F811
    settings: Settings,
) -> None:
    settings.AUDIT_KEY = KEY
    cast.asked(hotel.lan, hotel.property)
    (node,) = open_nodes("all", DRAIN_GRACE="0", AUDIT_KEY=KEY)
    until(lambda: leader.standing().leader == name_of(node))
    until(lambda: AuditCheckpoint.objects.filter(chain=hotel.property.pk).exists(), 10)
    assert all(checkpoints.is_genuine(row) for row in AuditCheckpoint.objects.all())
    assert book.finding(hotel.property.pk) is None
    minh = cast.bearer(hotel.minh)
    for _ in range(REFUSED):
        assert httpx.get(f"{node.address}/api/request/export", headers=minh).status_code == 403
    assert node.process is not None
    node.process.send_signal(signal.SIGTERM)
    assert node.process.wait(15) == 0
    told = AuditEntry.objects.filter(action="access:refused")
    assert sum(entry.count for entry in told) == REFUSED
    assert {(entry.actor, entry.node) for entry in told} == {("minh", name_of(node))}
