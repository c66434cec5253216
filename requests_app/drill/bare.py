"""`python -m requests_app.drill.bare`: a bare broadcast, the best a socket server could do here.

It prints its port. Each line on its input, a number and a size, becomes one frame to everybody.
"""

from __future__ import annotations

import asyncio
import sys

from websockets.asyncio.server import ServerConnection, broadcast, serve


async def main() -> None:
    """Serve until the input ends."""
    everybody = set[ServerConnection]()

    async def stay(connection: ServerConnection) -> None:
        everybody.add(connection)
        try:
            await connection.wait_closed()
        finally:
            everybody.discard(connection)

    reader = asyncio.StreamReader()
    await asyncio.get_running_loop().connect_read_pipe(
        lambda: asyncio.StreamReaderProtocol(reader), sys.stdin
    )
    async with serve(stay, "127.0.0.1", 0, compression=None) as server:
        sys.stdout.write(f"{next(iter(server.sockets)).getsockname()[1]}\n")
        sys.stdout.flush()
        async for line in reader:
            seq, size = map(int, line.split())
            broadcast(everybody, f'{{"t":"ev","seq":{seq},"data":"'.ljust(size - 2, "x") + '"}')


if __name__ == "__main__":
    asyncio.run(main())
