"""Running the jobs that are due: each in a thread of its own, none twice at once."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterable
from threading import Event, Thread
from time import monotonic

from django.db import Error as DatabaseProblem
from django.db import connections

from cluster import metrics
from cluster.jobs.registry import Job, registered
from cluster.leader import Deposed

logger = logging.getLogger("bellhop.jobs")

EARLY_SECONDS = 0.1  # a turn that comes a moment too soon would put a job off by a whole turn


class Runner:
    """Starts jobs when they are due; ``turn`` is called each second while this node leads."""

    def __init__(self, jobs: Callable[[], Iterable[Job]] = registered) -> None:
        self._jobs = jobs
        self._due: dict[str, float] = {}
        self._threads: dict[str, Thread] = {}
        self._term = 0
        self.deposed = Event()
        """Set when a job of the present term found that a later leader has written."""

    def turn(self, term: int) -> None:
        """Start every job that is due and not still running."""
        self._term, now = term, monotonic()
        for job in self._jobs():
            if now < self._due.get(job.name, 0.0) - EARLY_SECONDS:
                continue
            self._due[job.name] = now + job.every_seconds
            self._start(job, term)

    def rest(self) -> None:
        """Forget what was due when: whoever leads next begins anew."""
        self._due.clear()
        self.deposed.clear()

    def stop(self, seconds: float) -> None:
        """Wait a little for what runs; its transactions end or are undone."""
        deadline = monotonic() + seconds
        for thread in list(self._threads.values()):
            thread.join(max(0.0, deadline - monotonic()))

    def _start(self, job: Job, term: int) -> None:
        running = self._threads.get(job.name)
        if running is not None and running.is_alive():
            metrics.JOB_OVERRUNS.labels(job.name).inc()
            return
        thread = Thread(target=self._run, args=(job, term), name=f"bellhop-job-{job.name}", daemon=True)
        self._threads[job.name] = thread
        thread.start()

    def _run(self, job: Job, term: int) -> None:
        """Run a job once; nothing it raises reaches the others."""
        metrics.JOB_RUNS.labels(job.name).inc()
        try:
            job.run(term)
        except Deposed:
            if term == self._term:
                self.deposed.set()
            logger.info("job.deposed", extra={"job": job.name, "term": term})
        except DatabaseProblem as problem:
            metrics.JOB_ERRORS.labels(job.name).inc()
            logger.warning("job.database_problem", extra={"job": job.name, "problem": repr(problem)})
        except Exception:
            metrics.JOB_ERRORS.labels(job.name).inc()
            logger.exception("job.failed", extra={"job": job.name})
        finally:
            connections.close_all()
