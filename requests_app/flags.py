"""What of this app can be switched off while it runs; the names are the old system's."""

from __future__ import annotations

from cluster import answers, cache, coordination, flags, timings, tuning
from cluster.serving import readiness
from requests_app.legacy import reshaped

SINCE = "0.1.0"

CONTROLLER = flags.declare(
    "request-controller-v2",
    "History, messages, export and batches in mode partial; off, they answer 404 and the rest stays.",
    since=SINCE,
)
VALIDATION = flags.declare(
    "request-validation-v2",
    "A new request must say what and where; off, the old system's words stand in for what is missing.",
    since=SINCE,
)
SERVICES = flags.declare(
    "request-service-layer",
    "Alarm words, automatic assignment and service levels; off, none of them is applied.",
    since=SINCE,
    needs=(CONTROLLER,),
)
ENVELOPE = flags.declare(
    "request-response-standardization",
    "Answers with _metadata and camelCase names; off, the old system's shape.",
    since=SINCE,
    needs=(CONTROLLER,),
)
PAGINATION = flags.declare(
    "request-pagination",
    "Lists come in pages; off, a list is the first 100 and says nothing of pages.",
    since=SINCE,
)
FILTERING = flags.declare(
    "request-advanced-filtering",
    "All filters of the list; off, only status and priority filter, and others are ignored.",
    since=SINCE,
)
CACHING = flags.declare(
    "request-caching",
    "Lists are answered from the cache; off, every read goes to the database.",
    since=SINCE,
)

REALTIME = flags.declare(
    "request-real-time-notifications",
    "News are pushed to sockets; off, they are only logged, and sockets close with 4503.",
    since=SINCE,
)
MONITORING = flags.declare(
    "request-performance-monitoring",
    "Operations are timed; off, nothing is counted and the endpoints say so.",
    since=SINCE,
)
BALANCING = flags.declare(
    "request-load-balancing",
    "All nodes take work; off, only the first ready node of each role says that it is ready.",
    since=SINCE,
    of_nodes=True,
)
TUNING = flags.declare(
    "request-production-config",
    "Log level, sampling and cache bounds as the environment says; off, their defaults.",
    since=SINCE,
    of_nodes=True,
)
COORDINATION = flags.declare(
    "request-cluster-coordination",
    "Nodes share a bus and keep a near cache; off, each works from the database and Redis alone.",
    since=SINCE,
    of_nodes=True,
)

SHAPING = (ENVELOPE, PAGINATION, FILTERING)
"""What changes the bytes of a list: part of its name in every cache and of its ETag."""


def shape() -> tuple[bool, ...]:
    """Return how lists look to whoever makes this call."""
    return tuple(map(flags.is_on, SHAPING))


def declare() -> None:
    """Tell whoever asks by another name; called once when the app is ready."""
    cache.switched_by(CACHING)
    timings.switched_by(MONITORING)
    readiness.switched_by(BALANCING)
    tuning.switched_by(TUNING)
    coordination.alone_when(lambda: not flags.is_known_on(COORDINATION))
    answers.reshaped_by(lambda: not flags.is_known_on(ENVELOPE), reshaped)
