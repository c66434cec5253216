"""A node's report: gathered in a thread, since a figure may take its time, and written in the node's."""

from __future__ import annotations

import logging
from threading import Thread

from django.db import connections

from cluster.clock import DatabaseNow
from cluster.models import NodeReport
from cluster.nodes import Life
from cluster.reports import reading
from cluster.reports.registry import Json, own

logger = logging.getLogger("bellhop.reports")


class Reporter:
    """Publishes this process's figures; ``turn`` is called every two seconds and never waits."""

    def __init__(self) -> None:
        self._gathered: dict[str, Json] | None = None
        self._thread: Thread | None = None

    def turn(self, life: Life) -> None:
        """Write what was gathered last, and gather anew unless that is still under way."""
        figures, self._gathered = self._gathered, None
        if self._thread is None or not self._thread.is_alive():
            self._thread = Thread(target=self._gather, name="bellhop-report", daemon=True)
            self._thread.start()
        if figures is not None:
            publish(life, figures)

    def _gather(self) -> None:
        try:
            self._gathered = own()
        finally:
            connections.close_all()


def publish(life: Life, figures: dict[str, Json]) -> None:
    """Write the one row of this node."""
    reading.own_boot = life.boot
    row = NodeReport(instance_id=life.instance_id, boot=life.boot, figures=figures, at=DatabaseNow())
    NodeReport.objects.bulk_create(
        [row],
        update_conflicts=True,
        unique_fields=["instance_id"],
        update_fields=["boot", "figures", "at"],
    )
