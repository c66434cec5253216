"""What this app counts about itself, under the names the dashboards know."""

from __future__ import annotations

from prometheus_client import Counter

RATE_LIMIT_DECISIONS = Counter(
    "bellhop_rate_limit_decisions",
    "Calls, pages, logins and sockets that a limit let pass or refused.",
    ["scope", "decision"],
)
