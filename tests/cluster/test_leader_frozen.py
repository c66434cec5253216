"""Real processes that lead are stopped and woken: none of their writes happens after a takeover."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from django.db import connection

from cluster.models import Event
from tests.cluster.candidate import START
from tests.cluster.test_leader import written
from tests.live.lines import until

pytestmark = pytest.mark.django_db(transaction=True)

ROOT = Path(__file__).resolve().parents[2]


class Candidate:
    """A process that wants to lead."""

    def __init__(self, name: str, mode: str, folder: Path) -> None:
        place = connection.settings_dict
        address = f"postgresql://{place['USER']}@{place['HOST']}:{place['PORT']}/{place['NAME']}"
        named = {"DATABASE_URL": address, "INSTANCE_ID": name, "DJANGO_SETTINGS_MODULE": "settings.test"}
        self.name = name
        self._said = folder / name
        with self._said.open("wb") as output:
            self.process = subprocess.Popen(
                [sys.executable, "-c", START.format(mode=mode)],
                cwd=ROOT,
                env={**os.environ, **named},
                stdin=subprocess.PIPE,
                stdout=output,
            )

    def says(self, word: str) -> bool:
        assert self.process.poll() is None
        return word in self._said.read_text().split()

    def writes(self) -> bool:
        return Event.objects.filter(name="test:wrote", node=self.name).exists()

    def pause(self) -> None:
        self.process.send_signal(signal.SIGSTOP)

    def wake(self, word: bytes = b"") -> None:
        assert self.process.stdin is not None
        self.process.stdin.write(word)
        self.process.stdin.flush()
        self.process.send_signal(signal.SIGCONT)

    def end(self) -> None:
        assert self.process.stdin is not None
        self.process.kill()
        self.process.stdin.close()
        self.process.wait()


@pytest.fixture
def candidate(tmp_path: Path) -> Iterator[Callable[[str, str], Candidate]]:
    started: list[Candidate] = []

    def start(name: str, mode: str) -> Candidate:
        started.append(Candidate(name, mode, tmp_path))
        return started[-1]

    yield start
    for each in started:
        each.end()


def test_a_leader_frozen_in_the_middle_of_its_work(candidate: Callable[[str, str], Candidate]) -> None:
    frozen = candidate("frozen", "hold")
    until(lambda: frozen.says("inside"), 30)
    frozen.pause()
    successor = candidate("successor", "busy")
    until(successor.writes, 30)
    frozen.wake(b"go on\n")
    until(lambda: frozen.says("cut"))
    assert not frozen.writes()
    assert 1 not in written()


def test_a_leader_frozen_between_its_writes(candidate: Callable[[str, str], Candidate]) -> None:
    """Each leader in turn is frozen at a moment nobody chose, and woken after the takeover."""
    first = candidate("first", "busy")
    until(first.writes, 30)
    second = candidate("second", "busy")
    first.pause()
    until(second.writes, 30)
    first.wake()
    until(lambda: first.says("deposed"))
    second.pause()
    until(lambda: 3 in written(), 30)
    second.wake()
    until(lambda: second.says("deposed"))
    terms = written()
    assert terms == sorted(terms)
    assert {1, 3} <= set(terms)
