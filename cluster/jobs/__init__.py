"""What the leader does in the background, each job every so many seconds.

    register("tickets", 60, forget_expired_tickets)

``run(term)`` is called on the leader only, in a thread of its own, never twice at once; whatever it
writes, it writes in ``with leader_work(term) as work:``, in transactions that end within a second.
A job asks first, outside of that, whether there is anything to do: an idle cluster stays quiet.
"""

from cluster.jobs.registry import Job, Run, register, registered
from cluster.jobs.running import Runner

__all__ = ["Job", "Run", "Runner", "register", "registered"]
