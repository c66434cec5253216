"""Real servers on this machine, for tests and demonstrations: no Docker, no root, no Django.

Their programs come from wheels where those are installed, else from the system.
"""

from cluster.local.process import NoServer, Server

__all__ = ["NoServer", "Server"]
