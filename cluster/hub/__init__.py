"""The news, carried to the sockets of this process.

One hub per event loop. It knows streams, rooms and listeners; who may join what, and what a frame
means, is decided above. The bus rings, the log is the truth: an event in sequence is delivered, an
old one dropped, a gap filled from the log.
"""

from cluster.hub.core import Hub, current
from cluster.hub.feed import Listener
from cluster.hub.outbox import Outbox, Replay
from cluster.hub.stopping import before_stop, leaving, say_goodbye, stay

__all__ = [
    "Hub",
    "Listener",
    "Outbox",
    "Replay",
    "before_stop",
    "current",
    "leaving",
    "say_goodbye",
    "stay",
]
