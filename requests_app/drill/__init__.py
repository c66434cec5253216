"""The drill: faults under load, and a checker that believes nobody.

It is a stranger to the product. It talks HTTP and websockets as any client does, logs in as the demo's
cast, and knows only what `docs/api.md` and `docs/events.md` promise; import-linter keeps it so. What it
breaks, it breaks through `cluster.local`.

    journal.py    what the clients saw: calls, writes, reads, events, statuses
    checks/       pure questions to a journal, and what they find
    load/         the clients that fill one
    scenarios/    a fault each, and what was promised for it
    scoreboard.py what came of it
"""
