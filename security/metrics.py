"""What this app counts about itself, under the names the dashboards know."""

from __future__ import annotations

from prometheus_client import Counter

THREAT_REASONS = Counter(
    "bellhop_threat_reasons", "Reasons to suspect a call, below the threshold too.", ["reason"]
)
BLOCKS_MADE = Counter("bellhop_threat_blocks", "Sources this node blocked by their score.")
CALLS_BLOCKED = Counter("bellhop_threat_calls_blocked", "Calls and sockets refused because of a block.")
RATE_LIMIT_DECISIONS = Counter(
    "bellhop_rate_limit_decisions",
    "Calls, pages, logins and sockets that a limit let pass or refused.",
    ["scope", "decision"],
)
CSP_REPORTS = Counter(
    "bellhop_csp_reports", "What browsers reported that the content security policy kept out.", ["directive"]
)
AUDIT_LOST = Counter(
    "bellhop_audit_lost", "Refusals and failures counted, but not told one by one, in the audit book."
)
AUDIT_CHECKPOINTS = Counter("bellhop_audit_checkpoints", "Signatures under the audit book made by this node.")
