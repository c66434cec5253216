"""The life of a socket, from handshake to end.

A plain ASGI application, not one of Channels' consumers: theirs makes a thread hop for each
message and a task for each wait, fifteen times the cost of a delivery here.
"""

from __future__ import annotations

import logging
from collections.abc import Mapping
from contextlib import suppress
from typing import Any

from django.db import Error as DatabaseError

from cluster import hub, identity
from cluster.answers.envelope import JSON, failure
from cluster.answers.problems import AuthenticationRequired, LimitExceeded, PermissionDenied
from cluster.hub.outbox import Send
from cluster.sockets import EXTENSION
from cluster.streams import Cursor
from requests_app.live import limits, protocol, rooms
from requests_app.live import lobby as lobbies
from requests_app.live.handshake import Standing, Visitor, identify
from requests_app.live.lobby import OFF_REASON, Lobby, is_wanted
from requests_app.live.protocol import SUBPROTOCOL, Code
from requests_app.live.socket import Receive, Socket
from requests_app.queries import positions
from security import audit, headers
from security.limits import admit_socket, admit_stranger
from security.watch.blocks import SuspiciousRequest

logger = logging.getLogger("bellhop.live")

TOLD: dict[type[Exception], tuple[Code, str]] = {
    AuthenticationRequired: (Code.BAD_CREDENTIALS, "credentials"),
    SuspiciousRequest: (Code.FORBIDDEN, "blocked"),
    LimitExceeded: (Code.TOO_MUCH, "rate"),
    DatabaseError: (Code.OVERLOAD, "database"),
}


class Turned(Exception):
    """A visitor who is not let in, and the code they are told."""

    def __init__(self, code: Code, reason: str) -> None:
        super().__init__(reason)
        self.code = code
        self.reason = reason


async def event_socket(scope: Mapping[str, Any], receive: Receive, send: Send) -> None:
    """Serve one websocket of ``/ws/events``."""
    await receive()
    visitor = Visitor.of(scope)
    if visitor.is_led_here or visitor.is_kept_out:
        audit.happened("access:refused", target="socket", origin=_origin(visitor))
        await _refuse(scope, send)
        return
    with suppress(OSError):
        await send({"type": "websocket.accept", "subprotocol": SUBPROTOCOL if visitor.speaks_ours else None})
        try:
            lobby, standing, heads = await _let_in(visitor)
            wire = scope.get("extensions", {}).get(EXTENSION)
            await _converse(lobby, Socket(lobby, standing, send, wire), heads, receive)
        except Turned as turned:
            if turned.code in (Code.BAD_CREDENTIALS, Code.FORBIDDEN):
                why = {"permission": turned.reason}
                audit.happened("access:refused", target="socket", after=why, origin=_origin(visitor))
            await send(protocol.bye(turned.code, turned.reason))
            await send(protocol.closing(turned.code, turned.reason))


async def _refuse(scope: Mapping[str, Any], send: Send) -> None:
    """Answer the handshake with a 403 that carries what every answer does."""
    if "websocket.http.response" not in scope.get("extensions", {}):
        await send({"type": "websocket.close"})  # before an accept: the server answers 403 in its own words
        return
    said = headers.always() | {"Content-Type": JSON, "X-Instance-ID": identity.instance_id()}
    encoded = [(name.encode(), value.encode()) for name, value in said.items()]
    await send({"type": "websocket.http.response.start", "status": 403, "headers": encoded})
    await send({"type": "websocket.http.response.body", "body": failure(PermissionDenied())})


async def unknown_socket(scope: Mapping[str, Any], receive: Receive, send: Send) -> None:
    """Tell whoever calls any other address that nobody lives there."""
    await receive()
    offered = scope.get("subprotocols", [])
    with suppress(OSError):
        await send(
            {"type": "websocket.accept", "subprotocol": SUBPROTOCOL if SUBPROTOCOL in offered else None}
        )
        await send(protocol.closing(Code.NOT_FOUND, "no such address"))


async def _let_in(visitor: Visitor) -> tuple[Lobby, Standing, dict[str, Cursor]]:
    """Return who they are and where their properties stand. Raises Turned."""
    if not visitor.speaks_ours:
        raise Turned(Code.BAD_PROTOCOL, f"offer the subprotocol {SUBPROTOCOL}")
    if hub.leaving():
        raise Turned(Code.RESTART, "drain")
    lobby = lobbies.current()
    if len(lobby.sockets) >= limits.SOCKETS_PER_PROCESS:
        raise Turned(Code.OVERLOAD, "overload")
    try:
        await lobby.ready()
        changes = lobby.changes
        standing, heads = await lobby.hub.ask(lambda: _identified(visitor))
        while changes != lobby.changes:  # somebody's access changed meanwhile, perhaps theirs
            changes = lobby.changes
            standing = await lobby.hub.ask(standing.renewed)
    except (AuthenticationRequired, SuspiciousRequest, LimitExceeded, DatabaseError) as problem:
        code, reason = next(told for kind, told in TOLD.items() if isinstance(problem, kind))
        raise Turned(code, reason) from None
    if not rooms.may_listen(standing.caller):
        raise Turned(Code.FORBIDDEN, "access")
    if not is_wanted(standing.caller):
        raise Turned(Code.OFF, OFF_REASON)
    return lobby, standing, heads


def _origin(visitor: Visitor) -> audit.Origin:
    return audit.Origin("socket", known_address=visitor.address)


def _identified(visitor: Visitor) -> tuple[Standing, dict[str, Cursor]]:
    token = audit.enter(_origin(visitor))
    try:
        standing = identify(visitor)
    except AuthenticationRequired:
        admit_stranger(visitor.address)
        raise
    finally:
        audit.leave(token)
    admit_socket(standing.caller)
    found = positions.positions(standing.caller, None)
    return standing, {position.slug: position.cursor for position in found}


async def _converse(lobby: Lobby, socket: Socket, heads: dict[str, Cursor], receive: Receive) -> None:
    """Listen until the client leaves or is sent away; a mistake of ours is told to it too."""
    caller = socket.standing.caller
    if not lobby.admit(socket, caller):
        raise Turned(Code.TOO_MUCH, f"at most {limits.SOCKETS_PER_CALLER} sockets")
    try:
        socket.greet(heads)
        await socket.listen(receive)
    except Exception:
        logger.exception("socket.failed")
        socket.close(Code.FAILURE, "failure")
        await socket.written()
    finally:
        lobby.dismiss(socket, caller)
        socket.end()
