"""Which processes make up the service: a row each, on the database's clock.

A node writes its heartbeat each second. The others call it suspect after 2 s of silence, and lost
after 3.5 s; a lost node that wakes comes back as another life of itself. A name is one process's at
a time.
"""

from cluster.nodes.names import NameTaken, take
from cluster.nodes.rows import LOST, Life, NodeState, Seen, beat, claim, drain, forget_gone, gone, leave, seen

__all__ = [
    "LOST",
    "Life",
    "NameTaken",
    "NodeState",
    "Seen",
    "beat",
    "claim",
    "drain",
    "forget_gone",
    "gone",
    "leave",
    "seen",
    "take",
]
