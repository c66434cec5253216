"""Two calls of one intention, two people with one request, each through a node of their own."""

from __future__ import annotations

import asyncio
import secrets
from collections import Counter
from dataclasses import dataclass, field
from datetime import UTC, datetime

from requests_app.drill.calls import Answer, Door, NoAnswer
from requests_app.drill.load import aftermath
from requests_app.drill.load.crew import CLOCKS_APART
from requests_app.drill.measures import Measure, at_least, none
from requests_app.drill.scenarios.scenario import Scenario
from requests_app.drill.stage import CouldNotRun, Stage

REPLAYED = "idempotent-replayed"
CONFLICT = "CONCURRENT_MODIFICATION"


@dataclass(slots=True)
class Two:
    """Lan at one node, Hoa at another."""

    lan: Door
    hoa: Door
    again: Door
    wrong: list[str] = field(default_factory=list)

    @classmethod
    def at(cls, stage: Stage) -> Two:
        """Return doors to two different nodes."""
        web = stage.place.web
        if len(web) < 2:
            raise CouldNotRun("it takes two web nodes")
        one, two = web[0].url, web[1].url
        return cls(Door(one, stage.people.lan), Door(two, stage.people.hoa), Door(two, stage.people.lan))


async def one_key(stage: Stage) -> list[Measure]:
    """Send the same call with the same key to two nodes at once, again and again."""
    two, run = Two.at(stage), f"Drill {secrets.token_hex(4)}"
    replayed, began = 0, datetime.now(UTC) - CLOCKS_APART
    for number in range(stage.lengths.rounds):
        body = {"requestText": f"{run} {number}", "roomNumber": "102"}
        headers = {"Idempotency-Key": secrets.token_hex(12)}
        answers = await asyncio.gather(
            *(_send(door, "POST", "/api/request", body, headers) for door in (two.lan, two.again))
        )
        good = [it for it in answers if it is not None and it.status == 201]
        if len(good) != 2 or len({it.data["id"] for it in good}) != 1:
            two.wrong.append(f"round {number}: {[_told(it) for it in answers]}")
        replayed += sum(REPLAYED in it.headers for it in good)
    rows = await aftermath.rows(two.hoa, f"{run} ", began)
    often = Counter(row.marker for row in rows)
    return [
        at_least("pairs of calls", stage.lengths.rounds, stage.lengths.rounds),
        none("pairs not answered with one request", two.wrong),
        none("requests made twice", [marker for marker, count in often.items() if count > 1]),
        Measure(
            "requests made", str(len(rows)), str(stage.lengths.rounds), len(rows) == stage.lengths.rounds
        ),
        at_least("answers replayed", replayed, stage.lengths.rounds),
    ]


@dataclass(slots=True)
class Edits:
    """What went wrong while two people edited."""

    undecided: list[str] = field(default_factory=list)
    untold: list[str] = field(default_factory=list)
    overwritten: list[str] = field(default_factory=list)


async def two_editors(stage: Stage) -> list[Measure]:
    """Let both edit what they see, at once; then ask what became of it."""
    two, run, edits = Two.at(stage), f"Drill {secrets.token_hex(4)}", Edits()
    pairs = stage.lengths.rounds // 2
    for number in range(pairs):
        await _edit_at_once(two, f"{run} {number}", edits)
    return [
        at_least("pairs of edits", pairs, 1),
        none("pairs without one winner and one refusal", edits.undecided),
        none("refusals that do not tell what changed", edits.untold),
        none("winners overwritten", edits.overwritten),
    ]


async def _edit_at_once(two: Two, marker: str, edits: Edits) -> None:
    made = await _send(two.lan, "POST", "/api/request", {"requestText": marker, "roomNumber": "103"})
    if made is None or made.status != 201:
        edits.undecided.append(f"{marker}: no request, {_told(made)}")
        return
    path, version = f"/api/request/{made.data['id']}", made.data["version"]
    answers = await asyncio.gather(
        _send(two.lan, "PATCH", path, {"description": "Lan was here", "version": version}),
        _send(two.hoa, "PATCH", path, {"description": "Hoa was here", "version": version}),
    )
    found = await _send(two.hoa, "GET", path)
    won = [it for it in answers if it is not None and it.status == 200]
    lost = [it for it in answers if it is not None and it.status == 409]
    if len(won) != 1 or len(lost) != 1 or found is None:
        edits.undecided.append(f"{marker}: {[_told(it) for it in answers]}")
        return
    if not tells_what_changed(lost[0], "description", version + 1):
        edits.untold.append(f"{marker}: {lost[0].said.get('code')} {lost[0].said.get('details')}")
    if found.data["description"] != won[0].data["description"]:
        edits.overwritten.append(f"{marker}: {found.data['description']!r}")


def tells_what_changed(refusal: Answer, field_name: str, version: int) -> bool:
    """Say whether a refusal names the field the other changed, and the version there is now."""
    details = [it for it in refusal.said.get("details") or [] if isinstance(it, dict)]
    named = any(it.get("field") == field_name for it in details)
    current = any(it.get("current") == version for it in details)
    return refusal.said.get("code") == CONFLICT and named and current


async def _send(
    door: Door, method: str, path: str, body: object = None, headers: dict[str, str] | None = None
) -> Answer | None:
    try:
        return await door.call(method, path, body, headers=headers)
    except NoAnswer:
        return None


def _told(answer: Answer | None) -> str:
    return "no answer" if answer is None else f"{answer.status} {answer.said.get('code') or ''}".strip()


SCENARIOS = (
    Scenario(
        "one-key", "same POST with one Idempotency-Key to two nodes at once, 50 times: one request", one_key
    ),
    Scenario(
        "two-editors",
        "two members of staff editing one request through two nodes: one wins,"
        " the other is told what changed",
        two_editors,
    ),
)
