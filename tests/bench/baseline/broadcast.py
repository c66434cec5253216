"""The least a fan-out can be: bare `websockets`, one Redis subscription, one frame for all."""

from __future__ import annotations

import os
import sys

import redis.asyncio
import uvloop
from websockets.asyncio.server import ServerConnection, broadcast, serve

CHANNEL = "bench:frames"


async def main(port: int) -> None:
    """Serve until killed."""
    here = set[ServerConnection]()

    async def stay(connection: ServerConnection) -> None:
        here.add(connection)
        try:
            await connection.wait_closed()
        finally:
            here.discard(connection)

    bell = redis.asyncio.Redis.from_url(os.environ["REDIS_URL"]).pubsub()
    await bell.subscribe(CHANNEL)
    async with serve(stay, "127.0.0.1", port, compression=None, backlog=4096):
        async for message in bell.listen():
            if message["type"] == "message":
                broadcast(here, message["data"].decode())


if __name__ == "__main__":
    uvloop.run(main(int(sys.argv[1])))
