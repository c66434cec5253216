"""What the service counts about itself, under the names the dashboards know."""

from __future__ import annotations

from prometheus_client import Counter, Enum, Gauge, Histogram

WAITS = (0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0)
DELIVERIES = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0)

EVENTS_PUBLISHED = Counter("bellhop_events_published", "Events handed to the bus after their commit.")
COMMIT_TO_SOCKET = Histogram(
    "bellhop_commit_to_socket_seconds",
    "From an event's time to the sockets of this node.",
    buckets=DELIVERIES,
)
EVENTS_DELIVERED = Counter(
    "bellhop_events_delivered", "Events that sockets of this node were given, each counted once a node."
)
GAP_REPAIRS = Counter("bellhop_gap_repairs", "Gaps in a stream that were filled from the log.")
SOCKETS = Gauge("bellhop_sockets", "Sockets open on this node.")
SLOW_SOCKETS = Counter("bellhop_slow_sockets", "Sockets that could not keep up with the news.")
HEAD_LOCK_WAIT = Histogram(
    "bellhop_head_lock_wait_seconds", "Wait for the lock of the stream heads.", buckets=WAITS
)
HUB_RESTARTS = Counter(
    "bellhop_hub_restarts", "Background tasks of the hub that died and were started again.", ["task"]
)
NODE_STATE = Enum(
    "bellhop_node_state",
    "Whether this process is a member of the cluster; out is one that may not be, or not yet.",
    states=["out", "up", "draining", "left"],
)
CALLS_REFUSED = Counter("bellhop_calls_refused", "Calls sent elsewhere because this node was about to stop.")
HEARTBEAT_AGE = Gauge("bellhop_heartbeat_age_seconds", "Time since this node's last heartbeat was written.")
HEARTBEATS_SKIPPED = Counter(
    "bellhop_heartbeats_skipped", "Heartbeats left out because the server's event loop did not answer."
)
NODE_REJOINS = Counter("bellhop_node_rejoins", "Times this node came back after it was declared lost.")
LEADER = Gauge("bellhop_leader", "1 while this node leads.")
LEADER_TAKEOVERS = Counter("bellhop_leader_takeovers", "Times this node became the leader.")
JOB_RUNS = Counter("bellhop_job_runs", "Runs of the leader's jobs on this node, failed ones too.", ["job"])
JOB_ERRORS = Counter("bellhop_job_errors", "Runs of the leader's jobs that failed.", ["job"])
JOB_OVERRUNS = Counter(
    "bellhop_job_overruns", "Times a job was due again before its last run had ended.", ["job"]
)
REDIS_BREAKER = Enum(
    "bellhop_redis_breaker",
    "Whether this process uses Redis (closed), does not (open), or is about to again (half-open).",
    states=["closed", "open", "half-open"],
)
REDIS_BREAKER_OPENS = Counter("bellhop_redis_breaker_opens", "Times this process stopped using Redis.")
LOG_LINES_LOST = Counter(
    "bellhop_log_lines_lost", "Log lines that could not be written, as when the disk for logs is full."
)
REQUESTS = Counter(
    "bellhop_requests", "Calls this node answered or refused, probes left out, by kind of status.", ["status"]
)
