"""`make bench`: what Bellhop costs, as ratios to things built beside it on the same machine.

Absolute numbers say more about the machine than about us, so each measure runs two or more
contestants in turns and divides. See ``docs/performance.md``.
"""
