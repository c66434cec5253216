"""A node that serves looks at its dependencies by itself, so that a probe is answered from what it saw."""

from __future__ import annotations

from threading import Event, Thread

from django.conf import settings

from cluster.health.checking import BOUND_SECONDS, look_at_all


class Watch:
    """Looks every ``HEALTH_CHECK_INTERVAL``, in a thread of its own, until it is stopped."""

    def __init__(self) -> None:
        self._stopping = Event()
        self._thread = Thread(target=self._run, name="bellhop-health", daemon=True)

    def start(self) -> None:
        """Begin to look, where checks are made at all."""
        if settings.HEALTH_CHECK_ENABLED:
            self._thread.start()

    def stop(self) -> None:
        """Look no more; a look under way is waited for no longer than it may take."""
        self._stopping.set()
        if self._thread.is_alive():
            self._thread.join(BOUND_SECONDS)

    def _run(self) -> None:
        while not self._stopping.wait(settings.HEALTH_CHECK_INTERVAL):
            look_at_all()
