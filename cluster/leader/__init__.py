"""One of the nodes leads: by a lease with a term, and a fence that keeps former leaders out.

    def run(term: int) -> None:
        with leader_work(term) as work:
            ...

The lease says who should work, and may be wrong for a process that was paused. The fence decides:
every transaction of a leader locks it and compares, so nobody writes after their successor.
"""

from cluster.leader.fence import Deposed, leader_work
from cluster.leader.lease import Lease, Standing, standing

__all__ = ["Deposed", "Lease", "Standing", "leader_work", "standing"]
