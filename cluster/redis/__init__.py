"""Redis, an accelerator that may be away: every use of it goes through one breaker.

    try:
        found = breaker.use(lambda redis: redis.get(key))
    except breaker.Away:
        ...  # do without it

``breaker.state()`` says how it is. What rings on the bus asks it too (``cluster.bus.link``).
"""

from cluster.redis import breaker

__all__ = ["breaker"]
