"""Ordered news with the change that made it.

``unit_of_work`` is the only way to write: it changes rows, numbers events and moves counters in
one transaction, and tells listeners after the commit. ``read_heads`` and ``read_log`` are how
anybody catches up. See ``docs/events.md``.
"""

from cluster.streams.heads import open_streams
from cluster.streams.log import Cursor, Gone, LogPage, history, oldest_known, read_heads, read_log
from cluster.streams.rewriting import Rewriting, of_subjects
from cluster.streams.scribes import Emission, Note
from cluster.streams.standing import ACCESS, NEVER, SHOWN, Head, read_standing
from cluster.streams.versions import move_version
from cluster.streams.work import Opened, UnderHead, Work, current_work, unit_of_work

__all__ = [
    "ACCESS",
    "NEVER",
    "SHOWN",
    "Cursor",
    "Emission",
    "Gone",
    "Head",
    "LogPage",
    "Note",
    "Opened",
    "Rewriting",
    "UnderHead",
    "Work",
    "current_work",
    "history",
    "move_version",
    "of_subjects",
    "oldest_known",
    "open_streams",
    "read_heads",
    "read_log",
    "read_standing",
    "unit_of_work",
]
