"""Many writers, one chain."""

from __future__ import annotations

import subprocess
import sys

import pytest
from django.db import connection

from cluster.streams import unit_of_work
from security.audit import queue, record
from security.caller import SYSTEM
from security.models import AuditEntry
from tests.security.audit import book
from tests.statistics.threads import at_once

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.both_databases]
CHAIN = 9002
EACH = 20
WRITER = """
import django; django.setup()
from django.db import connection
connection.settings_dict["NAME"] = {name!r}
from security.audit import record
from security.caller import SYSTEM
for _ in range({each}): record("test:act", by=SYSTEM, property={chain})
"""


def _write() -> None:
    for _ in range(EACH):
        record("test:act", by=SYSTEM, property=CHAIN)


def test_three_threads_make_no_fork() -> None:
    for done in at_once([_write] * 3):
        done.result()
    assert _numbers() == list(range(1, 3 * EACH + 1))
    assert book.finding(CHAIN) is None


def test_three_processes_make_no_fork() -> None:
    code = WRITER.format(name=str(connection.settings_dict["NAME"]), each=EACH, chain=CHAIN)
    writers = [subprocess.Popen([sys.executable, "-c", code]) for _ in range(3)]
    assert [writer.wait(60) for writer in writers] == [0, 0, 0]
    assert _numbers() == list(range(1, 3 * EACH + 1))
    assert book.finding(CHAIN) is None


def test_a_rollback_leaves_no_gap() -> None:
    with pytest.raises(OSError), unit_of_work():  # noqa: PT011, PT012
        _write()
        _fail()
    _write()
    assert _numbers() == list(range(1, EACH + 1))


def test_a_flood_of_refusals_is_one_entry_with_a_count() -> None:
    queue.flush()
    for _ in range(500):
        queue.happened("test:refused", target="x")
    assert queue.flush() == 1
    assert book.only("test:refused").count == 500


def test_what_finds_no_room_is_counted(monkeypatch: pytest.MonkeyPatch) -> None:
    queue.flush()
    monkeypatch.setattr(queue, "MOST", 3)
    for number in range(5):
        queue.happened("test:refused", target=f"x{number}")
    queue.flush()
    assert len(book.entries("test:refused")) == 3
    assert book.only(queue.LOST).count == 2


def test_refusals_wait_while_the_database_is_away(monkeypatch: pytest.MonkeyPatch) -> None:
    queue.flush()
    queue.happened("test:refused")
    with monkeypatch.context() as broken:
        broken.setattr(queue, "_write", _fail)
        assert queue.flush() == 0
    queue.flush()
    assert book.only("test:refused").count == 1


def _fail(*_: object) -> None:
    raise OSError


def _numbers() -> list[int]:
    return list(AuditEntry.objects.filter(chain=CHAIN).order_by("number").values_list("number", flat=True))
