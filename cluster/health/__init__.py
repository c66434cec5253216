"""How this node is: named checks, each bounded in time.

    register("database", check_database, vital=True)

A check returns when all is well and raises when not. A vital one that fails makes the node
unhealthy (503); any other makes it degraded (still 200). A node that serves looks every
``HEALTH_CHECK_INTERVAL`` by itself, and what it saw is believed no longer than that.
"""

from cluster.health.checking import Finding, Word, check_all, known, overall, register
from cluster.health.dependencies import register_all
from cluster.health.watching import Watch

__all__ = ["Finding", "Watch", "Word", "check_all", "known", "overall", "register", "register_all"]
