"""One that wants to lead, and writes in each of its terms; ``START`` runs it in a process of its own.

It never asks its own clock whether it still leads: that is the paused leader the fence is for.
"""

from __future__ import annotations

import sys
from threading import Event, Thread

from django.db import Error, connection

from cluster import identity
from cluster.leader import Deposed, Lease, leader_work
from cluster.models import CONTROL_STREAM
from cluster.streams import Work

START = "import django; django.setup(); from tests.cluster.candidate import main; main('{mode}')"
STEP_SECONDS = 0.01
lease = Lease()


def keep_for_ever() -> None:
    pause = Event()
    while not pause.wait(0.5):
        try:
            lease.keep(identity.instance_id(), identity.instance_id())
        except Error:
            connection.close()


def write(work: Work, term: int) -> None:
    work.emit(
        CONTROL_STREAM,
        "test:wrote",
        label="control",
        subjects=(),
        rooms=[],
        actor={},
        data={},
        change={"term": term},
    )


def say(word: str) -> None:
    print(word, flush=True)


def lead(term: int, mode: str, pause: Event) -> None:
    """Write until the database refuses."""
    while True:
        with leader_work(term) as work:
            write(work, term)
            if mode == "hold":
                say("inside")
                sys.stdin.readline()
        pause.wait(STEP_SECONDS)


def main(mode: str) -> None:
    Thread(target=keep_for_ever, daemon=True).start()
    pause = Event()
    term: int | None = None
    while True:
        while term is None:
            pause.wait(STEP_SECONDS)
            term = lease.term
        try:
            lead(term, mode, pause)
        except Deposed:
            say("deposed")
            lease.drop()
            term = None
        except Error:
            say("cut")
            connection.close()
        mode = "busy"
