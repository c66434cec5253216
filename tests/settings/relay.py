"""TLS in front of a server that has none: `python relay.py HOST PORT CERTIFICATE [asked]` prints its port.

With ``asked`` it speaks PostgreSQL's way, in which the client asks for TLS first. It is a process of
its own, ended by a signal.
"""

from __future__ import annotations

import asyncio
import ssl
import struct
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

SSL_REQUEST = struct.pack("!ii", 8, 80877103)


@contextmanager
def in_front_of(host: str, port: int, certificate: Path, *more: str) -> Iterator[int]:
    """Run one, and give its port."""
    command = [sys.executable, __file__, host, str(port), str(certificate), *more]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True) as process:
        try:
            assert process.stdout is not None
            yield int(process.stdout.readline())
        finally:
            process.kill()


async def carry(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    with suppress(OSError):
        while piece := await reader.read(65536):
            writer.write(piece)
            await writer.drain()
    writer.close()


async def relay(host: str, port: int, certificate: str, *, asked: bool) -> None:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate)

    async def join(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        if asked:
            assert await reader.readexactly(8) == SSL_REQUEST
            writer.write(b"S")
        await writer.start_tls(context)
        there, back = await asyncio.open_connection(host, port)
        await asyncio.gather(carry(reader, back), carry(there, writer))

    server = await asyncio.start_server(join, "127.0.0.1", 0)
    print(server.sockets[0].getsockname()[1], flush=True)
    await server.serve_forever()


if __name__ == "__main__":
    asyncio.run(relay(sys.argv[1], int(sys.argv[2]), sys.argv[3], asked="asked" in sys.argv))
