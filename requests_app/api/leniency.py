"""What the old system made of a new request that did not say what or where."""

from __future__ import annotations

from collections.abc import Mapping

TEXT = ("requestText", "request_text", "request_content")
ROOM = ("roomNumber", "room_number")
NO_TEXT, NO_ROOM = "Voice Assistant Request", "TBD"


def mended(body: object, *, needs_room: bool) -> object:
    """Return ``body`` with the old words for what it lacks; anything but an object stays as it is."""
    if not isinstance(body, Mapping):
        return body
    said = _with(body, TEXT, NO_TEXT)
    return _with(said, ROOM, NO_ROOM) if needs_room else said


def _with(body: Mapping[str, object], spellings: tuple[str, ...], default: str) -> dict[str, object]:
    said = {name: value for name, value in body.items() if name not in spellings or not _is_blank(value)}
    return said if said.keys() & set(spellings) else {**said, spellings[0]: default}


def _is_blank(value: object) -> bool:
    return value is None or (isinstance(value, str) and not value.strip())
