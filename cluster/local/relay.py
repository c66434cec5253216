"""Each node's own way to Redis, so that one alone can be cut off or slowed down.

`python -m cluster.local.relay FOLDER TARGET NAME=PORT…` forwards every PORT to TARGET. What it does to
whom stands in FOLDER/relay.json, looked at 20 times a second: `{"web-1": {"cut": true, "slow": 0}}`.
A cut is silence, as of a broken cable: connections stay open and nothing passes, until it is healed
and what was on its way arrives.
"""

import asyncio
import json
import sys
from contextlib import suppress
from functools import partial
from pathlib import Path

FILE = "relay.json"
LOOK_SECONDS = 0.05
CHUNK = 64 * 1024
LOOPBACK = "127.0.0.1"

Orders = dict[str, dict[str, float]]


def orders(folder: Path) -> Orders:
    """Return what is done to whom now."""
    try:
        said: Orders = json.loads((folder / FILE).read_text())
    except FileNotFoundError:
        return {}
    return said


def order(folder: Path, name: str, *, cut: bool = False, slow: float = 0) -> None:
    """Say what is done to one node's way."""
    said = {**orders(folder), name: {"cut": cut, "slow": slow}}
    draft = folder / f"{FILE}.draft"
    draft.write_text(json.dumps(said))
    draft.replace(folder / FILE)


class Way:
    """One node's way to Redis."""

    def __init__(self, port: int) -> None:
        self.port = port
        self.open = asyncio.Event()
        self.open.set()
        self.delay = 0.0

    def obey(self, said: dict[str, float]) -> None:
        """Do as ordered from now on."""
        self.delay = said.get("slow", 0) / 1000
        self.open.clear() if said.get("cut") else self.open.set()

    async def carry(
        self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, *, delayed: bool
    ) -> None:
        """Pass on what comes, in its order, until either side hangs up."""
        with suppress(OSError):
            while piece := await reader.read(CHUNK):
                if delayed and self.delay:
                    await asyncio.sleep(self.delay)
                await self.open.wait()
                writer.write(piece)
                await writer.drain()
        writer.close()

    async def join(self, target: int, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Carry one connection of the node both ways."""
        try:
            await self.open.wait()
            there, back = await asyncio.open_connection(LOOPBACK, target)
        except OSError:
            writer.close()
            return
        await asyncio.gather(self.carry(reader, back, delayed=True), self.carry(there, writer, delayed=False))


async def relay(folder: Path, target: int, ports: dict[str, int]) -> None:
    """Forward every port until told to stop."""
    ways = {name: Way(port) for name, port in ports.items()}
    for way in ways.values():
        await asyncio.start_server(partial(way.join, target), LOOPBACK, way.port)
    while True:
        said = orders(folder)
        for name, way in ways.items():
            way.obey(said.get(name, {}))
        await asyncio.sleep(LOOK_SECONDS)


def main() -> None:
    """Read the command line and forward."""
    folder, target, *pairs = sys.argv[1:]
    ports = {name: int(port) for name, _, port in (pair.partition("=") for pair in pairs)}
    asyncio.run(relay(Path(folder), int(target), ports))


if __name__ == "__main__":
    main()
