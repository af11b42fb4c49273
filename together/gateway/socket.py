"""One open socket, as the hub knows it: whom it belongs to, what it may hear, and what waits to be written."""

import asyncio
import time
import uuid
from collections.abc import Awaitable, Callable
from typing import Any

from together.gateway import codes

# A socket that does not read is dropped beyond this many frames or bytes in waiting (threats.md: 256 or 1 MiB), or
# when a single frame has not gone out within this many seconds (threats.md: dropped within 30 s).
MAX_FRAMES = 256
MAX_BYTES = 1024 * 1024
MAX_STALL = 20.0

Send = Callable[[dict[str, Any]], Awaitable[None]]
Drop = Callable[[int], None]


class Socket:
    """A bounded queue with one task that writes from it, so that nobody waits for anybody else's network.

    `send` writes to the connection and may wait for ever; `drop` cuts it without waiting. `rendered` sockets are
    pages: they get the HTML that programs have no use for.
    """

    def __init__(
        self, user_id: uuid.UUID, session_id: uuid.UUID, send: Send, drop: Drop, *, rendered: bool = False
    ) -> None:
        self.user_id = user_id
        self.session_id = session_id
        self.rendered = rendered
        self.audiences: set[str] = set()
        self._send = send
        self._drop = drop
        self._waiting: asyncio.Queue[str] = asyncio.Queue()
        self._bytes = 0
        self._writing_since: float | None = None
        self._writer: asyncio.Task[None] | None = None
        self.dropped = False

    def start(self) -> None:
        self._writer = asyncio.create_task(self._write())

    def push(self, text: str) -> None:
        """Queue a frame; a socket that has fallen too far behind is dropped instead."""
        if self.dropped:
            return
        if self._waiting.qsize() >= MAX_FRAMES or self._bytes > MAX_BYTES:
            self.drop(codes.TOO_SLOW)
            return
        self._bytes += len(text)
        self._waiting.put_nowait(text)

    def drop(self, code: int) -> None:
        """Close with a code, whatever the other side does."""
        if not self.dropped:
            self.dropped = True
            self.stop()
            self._drop(code)

    def drop_if_stalled(self) -> None:
        if self._writing_since is not None and time.monotonic() - self._writing_since > MAX_STALL:
            self.drop(codes.TOO_SLOW)

    def stop(self) -> None:
        if self._writer is not None:
            self._writer.cancel()

    async def _write(self) -> None:
        while True:
            text = await self._waiting.get()
            self._bytes -= len(text)
            self._writing_since = time.monotonic()
            try:
                await self._send({"type": "websocket.send", "text": text})
            except Exception:
                # The connection is gone; its own disconnect event cleans up.
                return
            self._writing_since = None
