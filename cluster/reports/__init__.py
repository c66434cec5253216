"""What each node says of itself every two seconds, for pages and commands that speak of all nodes.

    register("operations", lambda: {"request.create": [...]})

``of_all()`` returns it by node: those that are up, suspect or draining. This process's own figures are
those of this moment, the others' at most some seconds old.
"""

from cluster.reports.publishing import Reporter
from cluster.reports.reading import of_all, of_node
from cluster.reports.registry import Json, own, register

__all__ = ["Json", "Reporter", "of_all", "of_node", "own", "register"]
