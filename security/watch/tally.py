"""How much has come together for a source: it fades by half every few minutes.

Counted in Redis for the whole cluster where there is one, else in this process, which knows the last sum it
was told. Two sums are kept: what was done, and what was written. Texts alone never reach the threshold.
"""

from __future__ import annotations

from collections import OrderedDict
from dataclasses import dataclass
from threading import Lock
from time import time

from redis import Redis

from cluster.redis import breaker

HALF_LIFE_SECONDS = 300.0
KEPT_MS = 3_600_000
MOST = 10_000

# One trip; the times are those of the node that asks, and a clock that lags only fades less.
ADD = """
local kept = redis.call('HMGET', KEYS[1], 'acts', 'texts', 'at')
local now = tonumber(ARGV[3])
local at = tonumber(kept[3] or now)
local fade = 0.5 ^ (math.max(0, now - at) / tonumber(ARGV[4]))
local last = math.max(now, at)
local acts = tonumber(kept[1] or 0) * fade + tonumber(ARGV[1])
local texts = tonumber(kept[2] or 0) * fade + tonumber(ARGV[2])
redis.call('HSET', KEYS[1], 'acts', tostring(acts), 'texts', tostring(texts), 'at', tostring(last))
redis.call('PEXPIRE', KEYS[1], tonumber(ARGV[5]))
return {tostring(acts), tostring(texts)}
"""


@dataclass(frozen=True, slots=True)
class Sum:
    """What a source has come to."""

    acts: float = 0.0
    texts: float = 0.0
    at: float = 0.0

    def plus(self, acts: float, texts: float, now: float) -> Sum:
        """Return the sum a moment later, with more."""
        fade = 0.5 ** (max(0.0, now - self.at) / HALF_LIFE_SECONDS)
        return Sum(self.acts * fade + acts, self.texts * fade + texts, max(now, self.at))

    def score(self, most_of_texts: float) -> float:
        """Return the score; what was written counts up to a limit."""
        return self.acts + min(self.texts, most_of_texts)


_sums: OrderedDict[str, Sum] = OrderedDict()
_lock = Lock()


def add(source: str, *, acts: float, texts: float) -> Sum:
    """Add to a source's sum and return it."""
    now = time()
    try:
        found = breaker.use(lambda redis: _add_in_redis(redis, source, acts, texts, now))
    except breaker.Away:
        found = _sums.get(source, Sum(at=now)).plus(acts, texts, now)
    with _lock:
        _sums[source] = found
        _sums.move_to_end(source)
        while len(_sums) > MOST:
            _sums.popitem(last=False)
    return found


def forget(source: str) -> None:
    """Begin anew with a source, as after it was unblocked."""
    with _lock:
        _sums.pop(source, None)
    try:
        breaker.use(lambda redis: redis.delete(_key(source)))
    except breaker.Away:
        return


def _add_in_redis(redis: Redis, source: str, acts: float, texts: float, now: float) -> Sum:
    arguments = (acts, texts, now, HALF_LIFE_SECONDS, KEPT_MS)
    found = redis.eval(ADD, 1, _key(source), *map(str, arguments))
    done, written = (float(value) for value in found)
    return Sum(done, written, now)


def _key(source: str) -> str:
    return f"bellhop:threat:{source}"
