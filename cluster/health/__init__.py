"""How this node is: named checks, each bounded in time.

    register("database", check_database, vital=True)

A check returns when all is well and raises when not. A vital one that fails makes the node
unhealthy (503); any other makes it degraded (still 200).
"""

from cluster.health.checking import Finding, Word, check_all, overall, register
from cluster.health.dependencies import register_all

__all__ = ["Finding", "Word", "check_all", "overall", "register", "register_all"]
