"""What this app counts."""

from __future__ import annotations

from prometheus_client import Counter

THREAT_REASONS = Counter(
    "bellhop_threat_reasons", "Reasons to suspect a call, below the threshold too.", ["reason"]
)
BLOCKS_MADE = Counter("bellhop_threat_blocks", "Sources this node blocked by their score.")
CALLS_BLOCKED = Counter("bellhop_threat_calls_blocked", "Calls and sockets refused because of a block.")
