"""A real site and real sockets for tests of the gateway."""

import asyncio
import contextlib
import threading
import time
from collections.abc import AsyncIterator
from typing import Any

import orjson
import uvicorn
from django.db import connections
from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed, InvalidStatus

LOCALHOST = "127.0.0.1"


class Site:
    """The product's ASGI application under uvicorn, in a thread of the test process and on the test database."""

    def __init__(self) -> None:
        from together.asgi import Application
        from together.gateway.protocol import MAX_SIGNAL, Protocol
        from together.http.protocol import CarefulProtocol

        self.application = Application()
        config = uvicorn.Config(
            self.application,
            host=LOCALHOST,
            port=0,
            http=CarefulProtocol,
            ws=Protocol,
            ws_per_message_deflate=False,
            ws_max_size=MAX_SIGNAL,
            lifespan="on",
            log_level="warning",
            proxy_headers=False,
            timeout_graceful_shutdown=2,
        )
        self._server = uvicorn.Server(config)
        self._thread = threading.Thread(target=self._server.run, daemon=True)

    def __enter__(self) -> "Site":
        self._thread.start()
        deadline = time.monotonic() + 20
        while not self._server.started:
            if time.monotonic() > deadline or not self._thread.is_alive():
                raise RuntimeError("The server did not start.")
            time.sleep(0.02)
        self.port: int = self._server.servers[0].sockets[0].getsockname()[1]
        return self

    def __exit__(self, *exc: object) -> None:
        self._server.should_exit = True
        self._thread.join(20)
        connections.close_all()

    @property
    def connections(self) -> int:
        """How many it holds, those that are closing among them."""
        return len(self._server.server_state.connections)

    @property
    def url(self) -> str:
        return f"http://{LOCALHOST}:{self.port}"

    @property
    def socket_url(self) -> str:
        return f"ws://{LOCALHOST}:{self.port}/ws"


class Client:
    """A socket that remembers what it was sent.

    People come and go with every socket that a test opens: only with `presence` does it hear of that.
    """

    def __init__(self, connection: ClientConnection, *, presence: bool = False) -> None:
        self.connection = connection
        self._presence = presence
        self.frames: list[dict[str, Any]] = []

    async def next(self, timeout: float = 5.0) -> dict[str, Any]:
        """The next frame; raises `TimeoutError` when none comes within `timeout` seconds."""
        async with asyncio.timeout(timeout):
            frame: dict[str, Any] = orjson.loads(await self.connection.recv())
            while frame.get("t") == "PRESENCE_UPDATE" and not self._presence:
                frame = orjson.loads(await self.connection.recv())
        self.frames.append(frame)
        return frame

    async def until(self, name: str, timeout: float = 5.0) -> dict[str, Any]:
        """The next event of that name; what comes before it is remembered."""
        async with asyncio.timeout(timeout):
            while (frame := await self.next(timeout)).get("t") != name:
                pass
        return frame

    async def silence(self, seconds: float = 0.4) -> None:
        """Raise `AssertionError` if anything arrives within that time."""
        with contextlib.suppress(TimeoutError):
            frame = await self.next(seconds)
            raise AssertionError(f"Nothing should have come, but {frame} did.")

    async def closed(self, timeout: float = 8.0) -> int | None:
        """Wait for the server to close; returns the code."""
        with contextlib.suppress(ConnectionClosed):
            async with asyncio.timeout(timeout):
                while True:
                    await self.connection.recv()
        return self.connection.close_code

    async def say(self, content: Any) -> None:
        await self.connection.send(content if isinstance(content, str | bytes) else orjson.dumps(content).decode())


async def handshake(url: str, **options: Any) -> int:
    """The status that a handshake is answered with: 101 when it is accepted."""
    try:
        async with connect(url, **options):
            return 101
    except InvalidStatus as refusal:
        return refusal.response.status_code


@contextlib.asynccontextmanager
async def opened(
    site: Site, token: str, *, resume: str | None = None, ready: bool = True, presence: bool = False, **options: Any
) -> AsyncIterator[Client]:
    """A socket of the person with that access token, past READY (its first remembered frame) unless told otherwise."""
    query = f"token={token}" if resume is None else f"token={token}&resume={resume}"
    async with connect(f"{site.socket_url}?{query}", **options) as connection:
        client = Client(connection, presence=presence)
        if ready:
            await client.next()
        yield client
