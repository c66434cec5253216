"""One client on the line."""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Awaitable, Callable

from django.db import Error as DatabaseError
from django.utils import timezone

from cluster import bus, identity
from cluster.answers.problems import AuthenticationRequired, DatabaseUnavailable
from cluster.bus import Entry, Message
from cluster.hub import Outbox
from cluster.hub.outbox import Send
from cluster.sockets import Text, Wire
from cluster.streams import Cursor
from requests_app.live import limits, protocol, resume, rooms
from requests_app.live.guest import shown_to
from requests_app.live.handshake import Standing
from requests_app.live.lobby import Lobby
from requests_app.live.protocol import BadFrame, Beat, Code, Sub, Unsub
from requests_app.live.rooms import Places, Plan
from security.watch.blocks import SuspiciousRequest

STAFF_ROOM = "staff"

logger = logging.getLogger("bellhop.live")

Receive = Callable[[], Awaitable[Message]]


class Socket:
    """A caller, their rooms, and the outbox that writes to them."""

    __slots__ = (
        *("_allowance", "_bad_frames", "_beat_at", "_closed", "_heard_at", "_hub", "_lobby", "_looked_at"),
        *("_must_look_again", "_outbox", "_over", "_present", "_slugs", "_talk", "granted", "standing"),
    )

    def __init__(self, lobby: Lobby, standing: Standing, send: Send, wire: Wire | None = None) -> None:
        self.standing = standing
        self.granted: dict[str, Places] = {}
        self._lobby = lobby
        self._hub = lobby.hub
        caller = standing.caller
        show = shown_to(caller.stay_id or 0) if caller.is_guest else _whole
        self._outbox = Outbox(
            lobby.hub, send, show, hopeless=self._give_up, ended=self._written_out, wire=wire
        )
        self._over: asyncio.Future[None] | None = None
        self._talk: asyncio.Task[None] | None = None
        self._slugs: dict[int, str] = {}
        self._present: set[int] = set()
        self._heard_at = self._beat_at = self._looked_at = time.monotonic()
        self._allowance = float(limits.FRAMES_PER_SECOND)
        self._bad_frames = 0
        self._must_look_again = False
        self._closed = False

    # --- what the client says -----------------------------------------------------------------

    async def take(self, message: Message) -> None:
        """Do what one frame asks for."""
        if self._closed or not self._within_rate():
            return
        try:
            said = protocol.read(message)
        except BadFrame as bad:
            self._refuse(bad)
            return
        self._bad_frames = 0
        match said:
            case Sub():
                await self._subscribe(said)
            case Unsub():
                self._leave([name for name in said.rooms if name in self.granted])
                self._outbox.post(protocol.frame("unsubbed", id=said.id, rooms=said.rooms))
            case Beat():
                pass

    def _within_rate(self) -> bool:
        now = time.monotonic()
        self._allowance += (now - self._heard_at) * limits.FRAMES_PER_SECOND
        self._allowance = min(self._allowance, limits.FRAMES_PER_SECOND) - 1
        self._heard_at = now
        if self._allowance < 0:
            self.close(Code.TOO_MUCH, "rate")
        return self._allowance >= 0

    def _refuse(self, bad: BadFrame) -> None:
        self._bad_frames += 1
        if self._bad_frames > limits.BAD_FRAMES_IN_A_ROW:
            self.close(Code.BAD_PROTOCOL, "malformed frames")
        else:
            self._outbox.post(protocol.error(bad.id, "VALIDATION_ERROR", bad.error))

    async def _subscribe(self, said: Sub) -> None:
        """Find out what is open to them now, in a thread; then join everything in one breath."""
        try:
            plan, answers = await self._planned(said)
            streams = {
                stream: answers[slug].reached for stream, slug in plan.slugs.items() if slug in answers
            }
            await self._hub.follow({**dict.fromkeys(plan.slugs, 0), **streams})
        except AuthenticationRequired:
            self.close(Code.BAD_CREDENTIALS, "credentials")
        except SuspiciousRequest:
            self.close(Code.FORBIDDEN, "blocked")
        except DatabaseError:
            away = DatabaseUnavailable()
            self._outbox.post(protocol.error(said.id, away.code, away.error))
        else:
            if not self._closed:
                self._join(said, plan, answers)

    async def _planned(self, said: Sub) -> tuple[Plan, dict[str, resume.Answer]]:
        """Read their rights; again when access changed meanwhile, for what was read may be old."""
        while True:
            changes = self._lobby.changes
            standing, plan, answers = await self._hub.ask(lambda: _planned(self.standing, said))
            if changes == self._lobby.changes:
                self.standing = standing
                return plan, answers

    def _join(self, said: Sub, plan: Plan, answers: dict[str, resume.Answer]) -> None:
        """Answer, then owe the past, then be live: no event falls between, none comes twice."""
        self._keep_to_the_limit(plan)
        self.granted |= plan.granted
        self._slugs |= plan.slugs
        heads = {stream: self._hub.feeds[stream].cursor for stream in plan.slugs}
        self._outbox.post(
            protocol.frame(
                "subbed",
                id=said.id,
                rooms=list(plan.granted),
                denied=plan.denied,
                resume={
                    slug: answers[slug].shown(heads[stream])
                    for stream, slug in plan.slugs.items()
                    if slug in answers
                },
                head={slug: [heads[stream].epoch, heads[stream].seq] for stream, slug in plan.slugs.items()},
            )
        )
        for stream, slug in plan.slugs.items():
            joined = {room for places in plan.granted.values() for where, room in places if where == stream}
            answer = answers.get(slug)
            self._outbox.join(stream, joined, since=answer.since if answer and answer.gone is None else None)
        self._enter_staff_rooms(plan)

    def _keep_to_the_limit(self, plan: Plan) -> None:
        new = [name for name in plan.granted if name not in self.granted]
        for name in new[max(0, limits.ROOMS_PER_SOCKET - len(self.granted)) :]:
            del plan.granted[name]
            sentence = f"A socket may be in {limits.ROOMS_PER_SOCKET} rooms at most."
            plan.denied.append({"room": name, "code": "RATE_LIMIT_EXCEEDED", "error": sentence})
        kept = {stream for places in plan.granted.values() for stream, _ in places}
        plan.slugs = {stream: slug for stream, slug in plan.slugs.items() if stream in kept}

    def _leave(self, names: list[str]) -> None:
        before = self._places()
        for name in names:
            del self.granted[name]
        for stream, room in before - self._places():
            self._outbox.leave(stream, [room])
            if room == STAFF_ROOM:
                self._leave_staff_room(stream)

    def _places(self) -> Places:
        return frozenset().union(*self.granted.values())

    # --- who they are -------------------------------------------------------------------------

    async def look_again(self) -> None:
        """Ask the database what they may now, and take back what they may no more."""
        self._must_look_again = False
        self._looked_at = time.monotonic()
        names = list(self.granted)
        try:
            standing, plan = await self._hub.ask(lambda: _still(self.standing, names))
        except AuthenticationRequired:
            self.close(Code.BAD_CREDENTIALS, "credentials")
        except SuspiciousRequest:
            self.close(Code.FORBIDDEN, "blocked")
        except DatabaseError:
            self._must_look_again = True
        else:
            self.standing = standing
            if not rooms.may_listen(standing.caller):
                self.close(Code.FORBIDDEN, "access")
            elif not self._closed:
                self._narrow(names, plan)

    def _narrow(self, names: list[str], plan: Plan) -> None:
        """Keep of their rooms what the plan still grants."""
        lost = [name for name in names if name in self.granted and name not in plan.granted]
        before = self._places()
        self._leave(lost)
        for name in set(names) & self.granted.keys():
            self.granted[name] = self.granted[name] & plan.granted[name]
        for stream, room in before - self._places():
            self._outbox.leave(stream, [room])
            if room == STAFF_ROOM:
                self._leave_staff_room(stream)
        if lost:
            sentence = "Your access has changed; these rooms are closed to you."
            self._outbox.post(protocol.error(None, "PERMISSION_DENIED", sentence, rooms=lost))

    def _enter_staff_rooms(self, plan: Plan) -> None:
        caller = self.standing.caller
        for stream, _ in sorted(plan.granted.get(STAFF_ROOM, ())):
            if caller.username and stream not in self._present:
                self._present.add(stream)
                person = {"username": caller.username, "displayName": caller.display_name}
                role = caller.role_in(stream)
                self._lobby.presence.enter(
                    stream, plan.slugs[stream], person | ({"role": role.value} if role else {})
                )
            self._outbox.post(self._lobby.presence.follow(stream, plan.slugs[stream]))

    def _leave_staff_room(self, stream: int) -> None:
        if stream in self._present:
            self._present.discard(stream)
            self._lobby.presence.leave(stream, self.standing.caller.username)

    # --- what we say --------------------------------------------------------------------------

    def greet(self, heads: dict[str, Cursor]) -> None:
        """Send the first frame."""
        self._outbox.post(
            protocol.frame(
                "hello",
                v=1,
                instance=identity.instance_id(),
                hb=limits.HEARTBEAT_SECONDS,
                mode=_mode(),
                head={slug: [cursor.epoch, cursor.seq] for slug, cursor in heads.items()},
            )
        )

    def tick(self, now: float) -> None:
        """Do what is due: end a silent socket, send a heartbeat, look again at who they are."""
        if now - self._heard_at >= limits.SILENCE_SECONDS:
            self.close(Code.SILENCE, "silence")
        elif now - self._beat_at >= limits.HEARTBEAT_SECONDS:
            self._beat_at = now
            self._beat()
        if self._must_look_again or self._is_over() or now - self._looked_at >= limits.RECHECK_SECONDS:
            self._looked_at = now
            self._must_look_again = False
            self._hub.tasks.start(self.look_again())

    def _is_over(self) -> bool:
        """Say whether their credential has come to its end, which nobody announces."""
        end = self.standing.caller.good_until
        return end is not None and timezone.now() >= end

    def _beat(self) -> None:
        streams = self._outbox.rooms
        head = {self._slugs[stream]: self._hub.feeds[stream].cursor.seq for stream in streams}
        fields: dict[str, object] = {"head": head, "mode": _mode()}
        if self._hub.degraded:
            fields["degraded"] = True
        self._outbox.post_mark(protocol.frame("hb", **fields))

    def close(self, code: Code, reason: str) -> None:
        """Say bye and close; a socket that does not even take that is dropped."""
        if not self._closed:
            self._closed = True
            self._outbox.finish(protocol.bye(code, reason), protocol.closing(code, reason))
            asyncio.get_running_loop().call_later(limits.LAST_WORDS_SECONDS, self._outbox.drop)

    async def written(self) -> None:
        """Return once the last word is written, or can not be."""
        if not self._outbox.is_over:
            if self._over is None:
                self._over = asyncio.get_running_loop().create_future()
            await asyncio.shield(self._over)

    async def listen(self, receive: Receive) -> None:
        """Do what the client says until it leaves or is sent away."""
        self._talk = asyncio.current_task()
        try:
            while (message := await receive())["type"] != "websocket.disconnect":
                await self.take(message)
        except asyncio.CancelledError:
            if not self._outbox.is_over or self._talk is None:
                raise
            self._talk.uncancel()
        finally:
            self._talk = None

    def end(self) -> None:
        """Leave everything behind; the client has gone."""
        self._closed = True
        for stream in list(self._present):
            self._leave_staff_room(stream)
        self._outbox.leave_all()
        self._outbox.stop()

    def _give_up(self) -> None:
        self.close(Code.RESYNC, "resync")

    def _written_out(self) -> None:
        """Nothing can be said any more: whoever waits for that goes on, and nobody listens further."""
        if self._over is not None and not self._over.done():
            self._over.set_result(None)
        if self._talk is not None:
            self._talk.cancel()


def _whole(entry: Entry) -> Text:
    return entry.message


def _mode() -> str:
    return "single-node" if bus.state() == "local" else "cluster"


def _planned(standing: Standing, said: Sub) -> tuple[Standing, Plan, dict[str, resume.Answer]]:
    """Return, from the database, who they are, what they get, and what of the past can be whole."""
    standing = standing.renewed()
    plan = rooms.plan(standing.caller, said.rooms, standing.address)
    return standing, plan, resume.answers(plan.slugs, said.since)


def _still(standing: Standing, names: list[str]) -> tuple[Standing, Plan]:
    standing = standing.renewed()
    return standing, rooms.plan(standing.caller, names, standing.address)
