"""Running checks: in threads of their own, never longer than their bound, remembered for an interval."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from concurrent.futures import Future, ThreadPoolExecutor
from concurrent.futures import TimeoutError as TookTooLong
from dataclasses import dataclass, field
from enum import StrEnum
from threading import Lock
from time import monotonic

from django.conf import settings

CheckFunction = Callable[[], None]

BOUND_SECONDS = 2.0


class Word(StrEnum):
    """What a node says of itself."""

    HEALTHY = "healthy"
    DEGRADED = "degraded"
    UNHEALTHY = "unhealthy"


@dataclass(frozen=True, slots=True)
class Finding:
    """What one check found; ``reason`` is for staff only."""

    word: Word
    milliseconds: float = 0.0
    reason: str = ""


@dataclass(slots=True)
class Check:
    """One dependency. A check that hangs is not started a second time."""

    run: CheckFunction
    vital: bool
    _running: Future[Finding] | None = None
    _known: Finding | None = None
    _known_at: float = 0.0
    _lock: Lock = field(default_factory=Lock)

    def finding(self) -> Finding:
        """Return what is known, looking again when that is older than ``HEALTH_CHECK_INTERVAL``."""
        with self._lock:
            if self._known and monotonic() - self._known_at < settings.HEALTH_CHECK_INTERVAL:
                return self._known
        return self.look()

    def look(self) -> Finding:
        """Find out now; a look that is under way is waited for, not repeated."""
        with self._lock:
            if self._running is None or self._running.done():
                self._running = _threads().submit(self._look)
            running = self._running
        try:
            found = running.result(timeout=BOUND_SECONDS)
        except TookTooLong:
            found = Finding(self.failed, BOUND_SECONDS * 1000, f"no answer in {BOUND_SECONDS:g} s")
        with self._lock:
            self._known, self._known_at = found, monotonic()
        return found

    @property
    def stored(self) -> Finding | None:
        """Return what was found last, however long ago."""
        return self._known

    @property
    def failed(self) -> Word:
        """Return what a failure of this check makes of the node."""
        return Word.UNHEALTHY if self.vital else Word.DEGRADED

    def _look(self) -> Finding:
        started = monotonic()
        try:
            self.run()
        except Exception as error:  # noqa: BLE001 - whatever it is, it is a finding
            return Finding(self.failed, _since(started), f"{type(error).__name__}: {error}"[:500])
        return Finding(Word.HEALTHY, _since(started))


_checks: dict[str, Check] = {}
_pool: list[ThreadPoolExecutor] = []


def register(name: str, run: CheckFunction, *, vital: bool = False) -> None:
    """Add a check under the name the answer shows."""
    _checks[name] = Check(run, vital)


def check_all() -> dict[str, Finding]:
    """Return what every check found; nothing where HEALTH_CHECK_ENABLED says so."""
    if not settings.HEALTH_CHECK_ENABLED:
        return {}
    return {name: check.finding() for name, check in _checks.items()}


def known() -> dict[str, Finding]:
    """Return what every check has found last; asks nothing, and leaves out what was never looked at."""
    stored = {name: check.stored for name, check in list(_checks.items())}
    return {name: finding for name, finding in stored.items() if finding is not None}


def look_at_all() -> None:
    """Find out anew, for whoever asks next."""
    for check in list(_checks.values()):
        check.look()


def overall(findings: Mapping[str, Finding]) -> Word:
    """Return the worst word among the findings."""
    words = {finding.word for finding in findings.values()}
    if Word.UNHEALTHY in words:
        return Word.UNHEALTHY
    return Word.DEGRADED if Word.DEGRADED in words else Word.HEALTHY


def _threads() -> ThreadPoolExecutor:
    """Return the threads checks run in; made at the first probe, never before a fork."""
    if not _pool:
        _pool.append(ThreadPoolExecutor(max_workers=4, thread_name_prefix="health"))
    return _pool[0]


def _since(started: float) -> float:
    return round((monotonic() - started) * 1000, 2)
