"""Python's cycle collector, told what kind of process this is."""

from __future__ import annotations

import gc

THRESHOLDS = (50_000, 20, 10)


def settle() -> None:
    """Leave alone what the start has made, and look less often.

    By default a full collection walks half a million objects of imported code and every socket,
    each time while no socket hears anything. Thresholds much higher than these would keep the
    rings of references that ended sockets leave for hours.
    """
    gc.collect()
    gc.freeze()
    gc.set_threshold(*THRESHOLDS)
