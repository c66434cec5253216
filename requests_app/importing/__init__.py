"""Coming from the old system: its requests, told here as the past they are.

Rows are read from a dump or from its database (``dump``, ``database``), put into our words by pure
rules (``translation``) and written batch by batch (``taking``). What is not taken is named with its
reason (``report``); a row that is here already is left alone, so the same command goes on after
anything that cut it off. ``docs/migrating.md`` says it to whoever moves.
"""
