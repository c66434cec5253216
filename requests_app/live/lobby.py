"""All sockets of this process: counted, kept awake, looked at again when access changes, seen off."""

from __future__ import annotations

import asyncio
import random
import time
from collections import Counter
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import orjson

from cluster import flags, hub, metrics
from cluster.bus import Entry
from cluster.hub import Hub
from cluster.models import CONTROL_STREAM
from requests_app.flags import REALTIME
from requests_app.live import limits
from requests_app.live.presence import Presence
from requests_app.live.protocol import Code
from security.caller import Caller
from security.signals import EVENT as ACCESS_CHANGED
from security.targets import subject_of

if TYPE_CHECKING:
    from requests_app.live.socket import Socket

CONTROL_ROOM = "control"
OFF_REASON = "realtime off"


class Lobby:
    """The sockets of one event loop, and the listener of the control stream on their behalf."""

    def __init__(self, its_hub: Hub) -> None:
        self.hub = its_hub
        self.presence = Presence(its_hub)
        self.sockets: set[Socket] = set()
        self.changes = 0
        self._callers: Counter[str] = Counter()
        self._watching = asyncio.Lock()
        self._watched = False
        its_hub.tasks.keep("heartbeats", self._tick_for_ever)
        its_hub.tasks.keep("presence", self.presence.announce_for_ever)
        hub.before_stop(self.see_off)

    async def ready(self) -> None:
        """Return once changes of access are heard here, so that none can slip past a new socket.

        Raises DatabaseError.
        """
        async with self._watching:
            if not self._watched:
                await self.hub.follow({CONTROL_STREAM: 0})
                self.hub.feeds[CONTROL_STREAM].join(self, [CONTROL_ROOM])
                self._watched = True

    def admit(self, socket: Socket, caller: Caller) -> bool:
        """Count a socket in, unless its caller has enough of them."""
        if self._callers[caller.identity()] >= limits.SOCKETS_PER_CALLER:
            return False
        self._callers[caller.identity()] += 1
        self.sockets.add(socket)
        metrics.SOCKETS.set(len(self.sockets))
        return True

    def dismiss(self, socket: Socket, caller: Caller) -> None:
        """Count a socket out."""
        self.sockets.discard(socket)
        self._callers[caller.identity()] -= 1
        if self._callers[caller.identity()] <= 0:
            del self._callers[caller.identity()]
        metrics.SOCKETS.set(len(self.sockets))

    def offer(self, entry: Entry) -> None:
        """Hear the control stream: look again at those whose access changed, follow a switch of flags."""
        news = orjson.loads(entry.frame)
        if news.get("event") == ACCESS_CHANGED:
            self._look_again(news["data"])
        elif news.get("event") == flags.SWITCHED:
            self.hub.tasks.start(self._follow_switch())

    def resync(self, stream: int) -> None:  # noqa: ARG002
        """Look at everybody again: what we did not hear may have been about anybody, or about a flag."""
        self._look_again(None)
        self.hub.tasks.start(self._follow_switch())

    async def see_off(self, hurried: bool) -> None:  # noqa: FBT001 - said by position, from a thread
        """Close every socket with a bye; unless hurried not all at once, or all would come back at once."""
        sockets = list(self.sockets)
        over = (
            0.0 if hurried else min(limits.LONGEST_GOODBYE_SECONDS, len(sockets) / limits.GOODBYES_A_SECOND)
        )
        for socket in sockets:
            moment = random.uniform(0, over)  # noqa: S311
            asyncio.get_running_loop().call_later(moment, socket.close, Code.RESTART, "drain")
        await asyncio.gather(*(socket.written() for socket in sockets))
        self.presence.end()

    def _look_again(self, who: Mapping[str, Any] | None) -> None:
        self.changes += 1
        for socket in list(self.sockets):
            if who is None or concerns(socket.standing.caller, who):
                self.hub.tasks.start(socket.look_again())

    async def _follow_switch(self) -> None:
        await self.hub.ask(flags.refresh)
        self._send_off()

    def _send_off(self) -> None:
        """Close the sockets of those to whom nothing is pushed any more."""
        if flags.is_off_for_some(REALTIME):
            for socket in list(self.sockets):
                if not is_wanted(socket.standing.caller):
                    socket.close(Code.OFF, OFF_REASON)

    async def _tick_for_ever(self) -> None:
        while True:
            await asyncio.sleep(limits.TICK_SECONDS)
            self._send_off()
            now = time.monotonic()
            for socket in list(self.sockets):
                socket.tick(now)


def is_wanted(caller: Caller) -> bool:
    """Say whether news are pushed to this caller at all, as far as this process knows."""
    return not flags.is_off_for_some(REALTIME) or flags.is_known_on(REALTIME, subject_of(caller))


def concerns(caller: Caller, who: Mapping[str, Any]) -> bool:
    """Say whether a change of access is about this caller; a property alone is about all of its."""
    named = {
        "userId": caller.user_id,
        "credentialId": caller.credential_id,
        "stayId": caller.stay_id,
    }
    if any(who.get(name) is not None for name in named):
        return any(who.get(name) == own for name, own in named.items() if own is not None)
    return who.get("propertyId") in caller.slugs


_lobbies: dict[Hub, Lobby] = {}


def current() -> Lobby:
    """Return the lobby of the running event loop."""
    its_hub = hub.current()
    lobby = _lobbies.get(its_hub)
    if lobby is None:
        lobby = _lobbies[its_hub] = Lobby(its_hub)
    return lobby
