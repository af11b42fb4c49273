"""One open socket, as the hub knows it: whom it belongs to, what it may hear, and how it is written to."""

import asyncio
import time
import uuid
from typing import Protocol

from together.events.bus import Frame
from together.gateway import codes

# Seconds without a byte read after which a socket is dropped (threats.md: within 30 s).
MAX_STALL = 20.0


class Wire(Protocol):
    """The connection under a socket (`together.gateway.protocol`), reached as the ASGI extension `together.wire`."""

    # Set while little enough waits for more to make sense.
    writable: asyncio.Event

    def push(self, framed: bytes) -> None:
        """Write at once, or drop the connection when too much waits already."""

    def drop(self, code: int) -> None:
        """Close with a code, whatever the other side does."""

    def waiting(self) -> int:
        """How many bytes the other side has not taken yet."""


class Socket:
    """Nobody waits for anybody else's network: what is pushed waits in the connection's own bounded buffer.

    `rendered` sockets are pages: they get the HTML that programs have no use for. On its way in, until READY and what
    came before are written, a socket keeps the frames that arrive for it.
    """

    def __init__(self, user_id: uuid.UUID, session_id: uuid.UUID, wire: Wire, *, rendered: bool = False) -> None:
        self.user_id = user_id
        self.session_id = session_id
        self.rendered = rendered
        self.audiences: set[str] = set()
        self.kept: list[Frame] | None = []
        # The number in the log up to which its client has been told everything.
        self.told = 0
        self.dropped = False
        self._wire = wire
        self._pushed = 0
        self._taken = 0
        self._stalled_since: float | None = None

    def is_news(self, frame: Frame) -> bool:
        """Whether a frame was not told when the log was read for this socket."""
        return frame.number is None or frame.number > self.told

    def push(self, framed: bytes) -> None:
        if not self.dropped:
            self._pushed += len(framed)
            self._wire.push(framed)

    async def ready(self) -> None:
        """Wait for a client that reads slowly. Raises `TimeoutError` when it does not read at all."""
        if not self._wire.writable.is_set():
            await asyncio.wait_for(self._wire.writable.wait(), MAX_STALL)

    def drop(self, code: int) -> None:
        """Close with a code, whatever the other side does."""
        if not self.dropped:
            self.dropped = True
            self._wire.drop(code)

    def waiting(self) -> int:
        """How many bytes the client has not taken yet."""
        return self._wire.waiting()

    def drop_if_stalled(self) -> None:
        """Drop a socket that has taken nothing for too long. Asked every few seconds."""
        waiting = self._wire.waiting()
        taken, now = self._pushed - waiting, time.monotonic()
        if not waiting or taken > self._taken or self._stalled_since is None:
            self._taken, self._stalled_since = max(taken, self._taken), now if waiting else None
        elif now - self._stalled_since > MAX_STALL:
            self.drop(codes.TOO_SLOW)
