"""What happens once, when an ASGI server starts this process and when it stops."""

import logging
from collections.abc import Awaitable, Callable
from typing import Any

from settings.reading import notices

logger = logging.getLogger("bellhop.start")

Message = dict[str, Any]


async def lifespan(
    _scope: Message, receive: Callable[[], Awaitable[Message]], send: Callable[[Message], Awaitable[None]]
) -> None:
    """Answer the server's two questions; at the start, tell of variables that can not act."""
    while True:
        message = await receive()
        if message["type"] == "lifespan.startup":
            for notice in notices():
                logger.warning(notice)
        await send({"type": f"{message['type']}.complete"})
        if message["type"] == "lifespan.shutdown":
            return
