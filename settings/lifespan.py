"""What happens once, when an ASGI server starts this process and when it stops."""

import asyncio
import logging
from collections.abc import Awaitable, Callable
from typing import Any

from cluster import pulse
from cluster.nodes import NameTaken
from settings.reading import notices

logger = logging.getLogger("bellhop.start")

Message = dict[str, Any]


async def lifespan(
    _scope: Message, receive: Callable[[], Awaitable[Message]], send: Callable[[Message], Awaitable[None]]
) -> None:
    """Enter the cluster at the start, and tell of variables that can not act; leave it at the end."""
    while True:
        message = await receive()
        if message["type"] == "lifespan.startup":
            for notice in notices():
                logger.warning(notice)
            try:
                await asyncio.to_thread(pulse.start)
            except NameTaken as taken:
                await send({"type": "lifespan.startup.failed", "message": str(taken)})
                return
            pulse.watch(asyncio.get_running_loop())
        if message["type"] == "lifespan.shutdown":
            await asyncio.to_thread(pulse.stop)
        await send({"type": f"{message['type']}.complete"})
        if message["type"] == "lifespan.shutdown":
            return
