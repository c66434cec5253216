"""Whether what was acknowledged is there, and nothing twice."""

from __future__ import annotations

from collections import defaultdict

from requests_app.drill.journal import Aftermath, Journal, Row, Write


def lost(journal: Journal, after: Aftermath) -> list[str]:
    """Name each acknowledged write that is not in the lists, or not in the log."""
    rows = {row.request_id: row for row in after.rows}
    logged = {(entry.request_id, entry.version) for entry in after.log}
    found = []
    for write in journal.writes:
        if write.acked is None:
            continue
        if problem := _problem(write, rows.get(write.request_id or 0)):
            found.append(f"{write.kind} {write.marker}: {problem}")
        elif (write.request_id, write.version) not in logged:
            found.append(f"{write.kind} {write.marker}: version {write.version} is not in the log")
    return found


def _problem(write: Write, row: Row | None) -> str:
    if row is None:
        return f"request {write.request_id} is not there"
    if row.marker != write.marker:
        return f"request {row.request_id} says {row.marker!r}"
    if row.version < (write.version or 0):
        return f"acknowledged at version {write.version}, found at {row.version}"
    name, value = write.wrote
    if name and row.version == write.version and row.fields.get(name) != value:
        return f"{name} was acknowledged as {value!r}, found as {row.fields.get(name)!r}"
    return ""


def doubled(journal: Journal, after: Aftermath) -> list[str]:
    """Name each creation that made more than one request, and each request nobody asked for."""
    made = defaultdict[str, list[int]](list)
    for row in after.rows:
        made[row.marker].append(row.request_id)
    asked = {write.marker for write in journal.writes if write.kind == "create"}
    twice = [f"{marker} was made {len(ids)} times: {ids}" for marker, ids in made.items() if len(ids) > 1]
    return twice + [f"{marker} was never asked for" for marker in made if marker not in asked]


def made_without_word(journal: Journal, after: Aftermath) -> int:
    """Count creations that were made though no answer said so: allowed once each, worth knowing."""
    there = {row.marker for row in after.rows}
    return sum(w.kind == "create" and w.acked is None and w.marker in there for w in journal.writes)
