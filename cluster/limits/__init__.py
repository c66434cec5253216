"""How often something may happen in the whole cluster: one counter a key, for a window of time.

    count = limits.take("login:…", limit=5, window_ms=900_000)
    if count.is_over:
        ...  # not now; count.seconds until one more may pass

The window slides (``slots``); what is refused is not counted. With Redis the cluster counts as one,
in one trip; without it each process counts its share, and nothing fails.
"""

from cluster.limits.count import Count
from cluster.limits.counting import forget, give_back, take
from cluster.limits.sharing import share

__all__ = ["Count", "forget", "give_back", "share", "take"]
