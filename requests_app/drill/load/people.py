"""The demo's cast, logged in as anybody would."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass

from requests_app.drill.calls import Door, NoAnswer

TRIES, PAUSE_SECONDS = 20, 0.5


class CannotBegin(Exception):
    """The drill can not even start; the text says why."""


@dataclass(frozen=True, slots=True)
class People:
    """Tokens of those who take part."""

    lan: str
    hoa: str
    minh: str


async def log_in(url: str, password: str) -> People:
    """Return fresh tokens. Raises CannotBegin."""
    door = Door(url)
    try:
        lan, hoa, minh = [await _token(door, name, password) for name in ("lan", "hoa", "minh")]
    finally:
        door.close()
    return People(lan, hoa, minh)


async def _token(door: Door, username: str, password: str) -> str:
    problem = "no answer"
    for _ in range(TRIES):
        try:
            answer = await door.call("POST", "/api/auth/login", {"username": username, "password": password})
        except NoAnswer as no_answer:
            problem = no_answer.outcome
        else:
            if answer.status == 200:
                return str(answer.data["token"])
            problem = str(answer.said.get("error") or answer.status)
            if answer.status == 401:
                break
        await asyncio.sleep(PAUSE_SECONDS)
    raise CannotBegin(f"{username} can not log in at {door.url}: {problem}")
