"""What goes back to a client, sent by the event loop alone."""

import asyncio
import json
from collections.abc import Awaitable, Callable, Iterable
from contextlib import suppress
from dataclasses import dataclass
from typing import IO, Any, Self
from urllib.parse import unquote

FILE_HEADER = "X-Together-File"

# Seconds in which a client that is being sent to must take something.
STALLED = 60.0

_CHUNK = 64 * 1024
# Seconds in which a refused client may finish sending: closed sooner, it would see a reset instead of the answer.
_LINGER = 5.0
_OURS = {b"connection", b"transfer-encoding", b"content-length", FILE_HEADER.lower().encode()}

Headers = list[tuple[bytes, bytes]]
Scope = dict[str, Any]
Receive = Callable[[], Awaitable[dict[str, Any]]]
Send = Callable[[dict[str, Any]], Awaitable[None]]


@dataclass
class Reply:
    """A finished answer of the site: its body, or the absolute path of a file to be sent in its place."""

    status: int
    headers: Headers
    body: IO[bytes]
    length: int
    file: str | None

    @classmethod
    def of(cls, status: int, headers: Iterable[tuple[str, str]], body: IO[bytes], head: bool) -> Self:
        """From what a WSGI application gave; `body` stands at its end. `head` says that the request was a HEAD."""
        given = [(name.strip().lower().encode("latin-1"), value.encode("latin-1")) for name, value in headers]
        named = dict(given)
        file = named.get(FILE_HEADER.lower().encode())
        length = body.tell()
        body.seek(0)
        kept = [(name, value) for name, value in given if name not in _OURS]
        if head and b"content-length" in named:
            kept.append((b"content-length", named[b"content-length"]))
        elif status >= 200 and status not in (204, 304) and file is None:
            kept.append((b"content-length", str(length).encode()))
        length = 0 if head or status in (204, 304) else length
        return cls(status, kept, body, length, unquote(file.decode("latin-1")) if file else None)


class Refusal(Exception):  # noqa: N818
    """An answer of the bridge itself: `status` and one sentence, in the shape of all our errors.

    `drain` says that the rest of the request is awaited for a moment.
    """

    def __init__(self, status: int, sentence: str, drain: bool = False) -> None:
        super().__init__(sentence)
        self.status, self.drain = status, drain
        self.body = json.dumps({"error": sentence}).encode()

    @property
    def headers(self) -> Headers:
        headers = [(b"content-type", b"application/json"), (b"content-length", b"%d" % len(self.body))]
        headers.append((b"cache-control", b"no-store"))
        return [*headers, (b"retry-after", b"1")] if self.status in (429, 503) else headers

    async def send(self, receive: Receive, send: Send) -> None:
        """Answers and has the connection closed."""
        await send_start(send, self.status, [*self.headers, (b"connection", b"close")])
        await send_chunk(send, self.body, more=True)
        if self.drain:
            with suppress(TimeoutError):
                async with asyncio.timeout(_LINGER):
                    await _drain(receive)
        await send_chunk(send, b"", more=False)


async def send_reply(reply: Reply, send: Send, gone: asyncio.Task[None]) -> None:
    """Sends the whole reply, or gives up when the client is gone or has stalled."""
    await send_start(send, reply.status, reply.headers)
    await send_stream(reply.body, reply.length, send, gone)


async def send_stream(source: IO[bytes], length: int, send: Send, gone: asyncio.Task[None]) -> None:
    """Sends `length` bytes of `source` and ends the response, or gives up when the client is gone or has stalled."""
    with suppress(TimeoutError):
        while True:
            chunk = source.read(min(_CHUNK, length))
            # A file that was cut meanwhile cannot keep its promise: the connection is closed instead.
            if gone.done() or (length and not chunk):
                return
            length -= len(chunk)
            async with asyncio.timeout(STALLED):
                await send_chunk(send, chunk, more=length > 0)
            if not length:
                return
            # A fast reader must not keep the loop to itself.
            await asyncio.sleep(0)


async def send_start(send: Send, status: int, headers: Headers) -> None:
    """Sends the status and the headers."""
    await send({"type": "http.response.start", "status": status, "headers": headers, "trailers": False})


async def send_chunk(send: Send, body: bytes, more: bool) -> None:
    """Sends a piece of the body; `more` is False for the last one."""
    await send({"type": "http.response.body", "body": body, "more_body": more})


async def _drain(receive: Receive) -> None:
    more = True
    while more:
        message = await receive()
        more = message["type"] == "http.request" and message["more_body"]
