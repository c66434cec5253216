"""Look at everything once more, when nobody writes any longer."""

from __future__ import annotations

import asyncio
from datetime import datetime
from typing import Any

from requests_app.drill.calls import Answer, Door, NoAnswer
from requests_app.drill.journal import Aftermath, Logged, Position, Row
from requests_app.drill.place import SLUG

LIST_PAGE, LOG_PAGE = 100, 500
MOST_PAGES = 2000
TRIES, PAUSE_SECONDS = 40, 0.25
FIELDS = ("status", "description")


class NotTold(Exception):
    """The service does not say what it holds."""


async def gather(door: Door, start: Position, run: str, since: datetime) -> Aftermath:
    """Return the requests of a run made after a moment, by walking the list, and the log since its start."""
    after = Aftermath(start)
    after.rows = await rows(door, run, since)
    after.log = await _log(door, start)
    return after


async def rows(door: Door, run: str, since: datetime) -> list[Row]:
    """Return the requests whose texts begin so, walking the list from the newest down to a moment."""
    found: list[Row] = []
    query: dict[str, object] = {"limit": LIST_PAGE, "propertyId": SLUG}
    for _ in range(MOST_PAGES):
        answer = await ask(door, "/api/request", query)
        found += [_row(one) for one in answer.data if one["requestText"].startswith(run)]
        cursor = answer.said["pagination"]["nextCursor"]
        # The newest come first.
        if not cursor or datetime.fromisoformat(answer.data[-1]["createdAt"]) < since:
            break
        query["cursor"] = cursor
    return found


def _row(one: dict[str, Any]) -> Row:
    return Row(one["id"], one["version"], one["requestText"], {name: one[name] or "" for name in FIELDS})


async def _log(door: Door, start: Position) -> list[Logged]:
    found: list[Logged] = []
    since = f"{start.epoch}:{start.seq}"
    for _ in range(MOST_PAGES):
        answer = await ask(door, "/api/events", {"since": since, "limit": LOG_PAGE, "propertyId": SLUG})
        said = answer.said
        said = said.get("data") or said
        found += [_logged(frame) for frame in said["events"]]
        since = said["next"]
        if said["complete"]:
            break
    return found


def _logged(frame: dict[str, Any]) -> Logged:
    data = frame["data"]
    return Logged(
        frame["seq"],
        data.get("id") or 0,
        data.get("version") or 0,
        frame["event"],
        frame.get("instance") or "",
        frame.get("actor", {}).get("kind", ""),
    )


async def ask(door: Door, path: str, query: dict[str, object]) -> Answer:
    """Return a success, asked for patiently. Raises NotTold."""
    problem = ""
    for _ in range(TRIES):
        try:
            answer = await door.call("GET", path, query=query)
        except NoAnswer as no_answer:
            problem = no_answer.outcome
        else:
            if answer.status == 200:
                return answer
            problem = f"{answer.status} {answer.said.get('error')}"
        await asyncio.sleep(PAUSE_SECONDS)
    raise NotTold(f"GET {path}: {problem}")
