"""The frames of ``bellhop.v1``: what a client may say, and how ours are written."""

from __future__ import annotations

import random
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import IntEnum
from typing import Any

import orjson

from cluster.answers import dumps
from cluster.bus import Message
from cluster.sockets import Text
from cluster.streams import Cursor
from requests_app.live import limits

SUBPROTOCOL = "bellhop.v1"
LONGEST_NAME = 100
LARGEST_SEQ = 2**63 - 1

FrameId = int | str | None


class Code(IntEnum):
    """Why a socket ends. A client comes back after all but the final ones."""

    FAILURE = 1011
    RESTART = 1012
    OVERLOAD = 1013
    BAD_PROTOCOL = 4400
    BAD_CREDENTIALS = 4401
    FORBIDDEN = 4403
    NOT_FOUND = 4404
    SILENCE = 4408
    RESYNC = 4409
    TOO_MUCH = 4429
    OFF = 4503

    @property
    def is_final(self) -> bool:
        """Say whether trying again would end the same way."""
        return self in (Code.BAD_PROTOCOL, Code.BAD_CREDENTIALS, Code.FORBIDDEN, Code.NOT_FOUND)


class BadFrame(Exception):
    """A frame that can not be used; ``id`` is the client's own, where it could be read."""

    def __init__(self, error: str, frame_id: FrameId = None) -> None:
        super().__init__(error)
        self.error = error
        self.id = frame_id


@dataclass(frozen=True, slots=True)
class Sub:
    """Join rooms; with ``since``, hear what each property said after a position first."""

    id: FrameId
    rooms: list[str]
    since: Mapping[str, Cursor] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Unsub:
    """Leave rooms."""

    id: FrameId
    rooms: list[str]


@dataclass(frozen=True, slots=True)
class Beat:
    """I am here."""


def read(message: Message) -> Sub | Unsub | Beat:
    """Return what a client said. Raises BadFrame."""
    said = _json_object(message)
    frame_id = said.get("id")
    if frame_id is not None and (isinstance(frame_id, bool) or not isinstance(frame_id, int | str)):
        raise BadFrame("id: send a number or a text.")
    match said.get("t"):
        case "sub":
            return Sub(frame_id, _rooms(said, frame_id), _since(said.get("since"), frame_id))
        case "unsub":
            return Unsub(frame_id, _rooms(said, frame_id))
        case "hb":
            return Beat()
    raise BadFrame('t: send one of "sub", "unsub", "hb".', frame_id)


def _json_object(message: Message) -> dict[str, Any]:
    text = message.get("text")
    if text is None:
        raise BadFrame("Send text frames, not binary ones.")
    if len(text.encode(errors="replace")) > limits.LARGEST_FRAME:
        raise BadFrame(f"A frame may have at most {limits.LARGEST_FRAME} bytes.")
    try:
        said = orjson.loads(text)  # strict: no NaN, no lone surrogate that could not be sent back
    except ValueError:
        raise BadFrame("This frame is not JSON.") from None
    if not isinstance(said, dict):
        raise BadFrame('Send a JSON object, like {"t": "hb"}.')
    return said


def _rooms(said: Mapping[str, Any], frame_id: FrameId) -> list[str]:
    rooms = said.get("rooms")
    if not isinstance(rooms, list) or not rooms or not all(isinstance(room, str) for room in rooms):
        raise BadFrame("rooms: send a list of room names.", frame_id)
    if any(len(room) > LONGEST_NAME for room in rooms):
        raise BadFrame(f"rooms: a name may have at most {LONGEST_NAME} letters.", frame_id)
    return list(dict.fromkeys(rooms))


def _since(since: object, frame_id: FrameId) -> dict[str, Cursor]:
    if since is None:
        return {}
    if not isinstance(since, dict):
        raise BadFrame('since: send an object like {"demo-hotel": ["e7", 1042]}.', frame_id)
    return {slug: _cursor(slug, position, frame_id) for slug, position in since.items()}


def _cursor(slug: str, position: object, frame_id: FrameId) -> Cursor:
    match position:
        case [str(epoch), int(seq)] if not isinstance(seq, bool) and 0 <= seq <= LARGEST_SEQ:
            return Cursor(epoch, seq)
    raise BadFrame(f'since.{slug[:LONGEST_NAME]}: send [epoch, seq], like ["e7", 1042].', frame_id)


def frame(kind: str, **fields: object) -> Text:
    """Return a frame of ours as the ASGI message that sends it."""
    return Text(dumps({"t": kind, **fields}).decode())


def error(frame_id: FrameId, code: str, sentence: str, **more: object) -> Text:
    """Return the refusal of one frame."""
    return frame("err", id=frame_id, code=code, error=sentence, **more)


def bye(code: Code, reason: str) -> Text:
    """Return the last frame of a socket: whether and when to come back, each at another moment."""
    if code.is_final:
        return frame("bye", code=code, reason=reason, reconnect=False)
    after = random.randrange(limits.LONGEST_RECONNECT_MS)  # noqa: S311
    return frame("bye", code=code, reason=reason, reconnect=True, after_ms=after)


def closing(code: Code, reason: str) -> Message:
    """Return the ASGI message that closes a socket."""
    return {"type": "websocket.close", "code": int(code), "reason": reason}
