"""News for the other processes, handed over in microseconds and told from a thread of its own.

The bus is only the bell: whatever it drops, delays or tells twice, the log makes good. It starts
with its first use, never before a fork, and needs nothing from whoever publishes: ``publish``
neither blocks nor raises, whether Redis is up, away or hung.
"""

from cluster.bus.bells import Bell, Entry, Message, Notice
from cluster.bus.process import Sink, listen, publish, state, stop, tell

__all__ = ["Bell", "Entry", "Message", "Notice", "Sink", "listen", "publish", "state", "stop", "tell"]
