"""Clients that cost little: HTTP over kept connections, and sockets that count what they hear."""

import asyncio
from collections.abc import Callable
from typing import Self, cast

_END = b"\r\n\r\n"
_KEY = "dGhlIHNhbXBsZSBub25jZQ=="


def get(path: str, token: str) -> bytes:
    return f"GET {path} HTTP/1.1\r\nhost: 127.0.0.1\r\nauthorization: Bearer {token}\r\n\r\n".encode()


def post(path: str, token: str, body: bytes) -> bytes:
    head = f"POST {path} HTTP/1.1\r\nhost: 127.0.0.1\r\nauthorization: Bearer {token}\r\n"
    return f"{head}content-type: application/json\r\ncontent-length: {len(body)}\r\n\r\n".encode() + body


class Client(asyncio.Protocol):
    """One kept HTTP connection, with one request at a time."""

    _answer: asyncio.Future[bytes]
    _received = b""

    @classmethod
    async def open(cls, port: int) -> Self:
        _, client = await asyncio.get_running_loop().create_connection(cls, "127.0.0.1", port)
        return client

    async def ask(self, request: bytes, expected: int) -> bytes:
        """The whole answer, head and body. Raises `RuntimeError` for another status."""
        self._answer = asyncio.get_running_loop().create_future()
        self.transport.write(request)
        answer = await self._answer
        if not answer.startswith(b"HTTP/1.1 %d " % expected):
            raise RuntimeError(answer.decode())
        return answer

    def close(self) -> None:
        self.transport.close()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self.transport = cast(asyncio.Transport, transport)

    def data_received(self, data: bytes) -> None:
        self._received += data
        end = self._received.find(_END)
        if end < 0:
            return
        length = self._received[:end].lower().partition(b"content-length: ")[2].partition(b"\r\n")[0]
        if len(self._received) >= end + len(_END) + int(length or 0):
            self._answer.set_result(self._received)
            self._received = b""

    def connection_lost(self, error: Exception | None) -> None:
        if hasattr(self, "_answer") and not self._answer.done():
            self._answer.set_exception(error or ConnectionError("The server hung up."))


class Listener(asyncio.Protocol):
    """A WebSocket that hands over each message it hears, answers pings, and can say something short."""

    def __init__(self, path: str, heard: Callable[[bytes], object]) -> None:
        self._path, self._heard = path, heard
        self._received = b""
        self._is_open = False
        self._opened = asyncio.get_running_loop().create_future()

    @classmethod
    async def open(cls, port: int, path: str, heard: Callable[[bytes], object]) -> Self:
        """Connect, and wait until the server has let it in."""
        _, listener = await asyncio.get_running_loop().create_connection(lambda: cls(path, heard), "127.0.0.1", port)
        await listener._opened
        return listener

    def say(self, text: bytes) -> None:
        """Send up to 125 bytes of text."""
        self._send(0x81, text)

    def close(self) -> None:
        self.transport.abort()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self.transport = cast(asyncio.Transport, transport)
        upgrade = "connection: Upgrade\r\nupgrade: websocket\r\nsec-websocket-version: 13"
        self.transport.write(
            f"GET {self._path} HTTP/1.1\r\nhost: 127.0.0.1\r\n{upgrade}\r\nsec-websocket-key: {_KEY}\r\n\r\n".encode()
        )

    def data_received(self, data: bytes) -> None:
        data = self._received + data if self._received else data
        start = 0
        if not self._is_open:
            start = data.find(_END) + len(_END)
            if start < len(_END):
                self._received = data
                return
            self._enter(data)
        while (size := len(data) - start) >= 2:
            length, head = data[start + 1], 2
            if length == 126:
                length, head = int.from_bytes(data[start + 2 : start + 4], "big"), 4
            elif length == 127:
                length, head = int.from_bytes(data[start + 2 : start + 10], "big"), 10
            if size < head + length:
                break
            kind, start = data[start], start + head + length
            if kind == 0x81:
                self._heard(data[start - length : start])
            elif kind == 0x89:
                self._send(0x8A, data[start - length : start])
        self._received = data[start:]

    def connection_lost(self, error: Exception | None) -> None:
        if not self._opened.done():
            self._opened.set_exception(error or ConnectionError("The server hung up."))

    def _enter(self, answer: bytes) -> None:
        self._is_open = answer.startswith(b"HTTP/1.1 101 ")
        if self._is_open:
            self._opened.set_result(None)
        else:
            self._opened.set_exception(ConnectionError(answer.decode()))

    def _send(self, kind: int, content: bytes) -> None:
        # Masked with zeros, which leave it as it is.
        self.transport.write(bytes([kind, 0x80 | len(content)]) + b"\0\0\0\0" + content)
