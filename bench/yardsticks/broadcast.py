"""The library that the product's sockets are made with, by itself: `broadcast.py PORT SIZE`."""

import asyncio
import sys

import uvloop
from websockets.asyncio.server import ServerConnection, broadcast, serve

PORT, SIZE = (int(argument) for argument in sys.argv[1:])
sockets: set[ServerConnection] = set()


async def hear(socket: ServerConnection) -> None:
    sockets.add(socket)
    async for text in socket:
        assert isinstance(text, str)
        broadcast(sockets, text.ljust(SIZE))


async def main() -> None:
    async with serve(hear, "127.0.0.1", PORT, compression=None):
        await asyncio.get_running_loop().create_future()


if __name__ == "__main__":
    uvloop.run(main())
