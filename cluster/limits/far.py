"""The counters all processes share, each question one atomic call."""

from __future__ import annotations

import hashlib
from typing import NamedTuple, cast

from redis import Redis
from redis.exceptions import NoScriptError

from cluster.limits.slots import SLOTS

COUNT = f"""
local slots = {SLOTS}
local limit, window = tonumber(ARGV[1]), tonumber(ARGV[2])
local length = window / slots
local clock = redis.call('TIME')
local now = clock[1] * 1000 + clock[2] / 1000
local form = 'd' .. string.rep('I4', slots + 1)

local begun, at, counts = now, 0, {{}}
local kept = redis.call('GET', KEYS[1])
if kept and #kept == struct.size(form) then
  counts = {{struct.unpack(form, kept)}}
  begun, at = table.remove(counts, 1), table.remove(counts, 1)
  counts[slots + 1] = nil  -- where unpack stopped
end
local here = math.max(at, math.floor((now - begun) / length))
local used, left = 0, {{}}
for slot = 1, slots do
  left[slot] = counts[slot + here - at] or 0
  used = used + left[slot]
end

local passes = used < limit
if passes then
  used = used + 1
  left[slots] = left[slots] + 1
  redis.call('SET', KEYS[1], struct.pack(form, begun, here, unpack(left)), 'PX', math.ceil(window))
end
local rest, slot = used, 1
while slot < slots and (left[slot] == 0 or (not passes and rest - left[slot] >= limit)) do
  rest = rest - left[slot]
  slot = slot + 1
end
return {{passes and 1 or 0, used, math.ceil(begun + (here + slot) * length - now)}}
"""
"""The sums of ``slots.Slots``, by the clock of Redis. A value it did not write counts as none."""

DIGEST = hashlib.sha1(COUNT.encode()).hexdigest()  # noqa: S324 - how Redis names its scripts


class Said(NamedTuple):
    """What Redis answers: whether this use passes, how many there were, when the first are forgotten."""

    passes: int
    used: int
    left_ms: int


def count(redis: Redis, key: str, limit: int, window_ms: int) -> Said:
    """Count one more use of a key, unless it is one too many."""
    try:
        found = redis.evalsha(DIGEST, 1, key, limit, window_ms)
    except NoScriptError:  # a Redis that has just started; not a failure for the breaker
        found = redis.eval(COUNT, 1, key, limit, window_ms)
    return Said._make(cast("list[int]", found))


GIVE_BACK = f"""
local form = 'd' .. string.rep('I4', {SLOTS} + 1)
local kept = redis.call('GET', KEYS[1])
if not kept or #kept ~= struct.size(form) then return 0 end
local found = {{struct.unpack(form, kept)}}
found[{SLOTS} + 3] = nil  -- where unpack stopped
for slot = {SLOTS} + 2, 3, -1 do
  if found[slot] > 0 then
    found[slot] = found[slot] - 1
    redis.call('SET', KEYS[1], struct.pack(form, unpack(found)), 'KEEPTTL')
    return 1
  end
end
return 0
"""


def give_back(redis: Redis, key: str) -> None:
    """Take back the newest use of a key."""
    redis.eval(GIVE_BACK, 1, key)
