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
    """A WebSocket that hands over each whole frame it hears, and can say something short."""

    def __init__(self, path: str, heard: Callable[[bytes], object]) -> None:
        self._path, self._heard = path, heard
        self._received = b""
        self._open = False

    @classmethod
    async def open(cls, port: int, path: str, heard: Callable[[bytes], object]) -> Self:
        """Connect; whether the server lets it in shows in what is heard."""
        _, listener = await asyncio.get_running_loop().create_connection(lambda: cls(path, heard), "127.0.0.1", port)
        return listener

    def say(self, text: bytes) -> None:
        """Send up to 125 bytes, masked with zeros, which leave it as it is."""
        self.transport.write(b"\x81" + bytes([0x80 | len(text)]) + b"\0\0\0\0" + text)

    def close(self) -> None:
        self.transport.abort()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self.transport = cast(asyncio.Transport, transport)
        upgrade = "connection: Upgrade\r\nupgrade: websocket\r\nsec-websocket-version: 13"
        self.transport.write(
            f"GET {self._path} HTTP/1.1\r\nhost: 127.0.0.1\r\n{upgrade}\r\nsec-websocket-key: {_KEY}\r\n\r\n".encode()
        )

    def data_received(self, data: bytes) -> None:
        if self._received:
            data = self._received + data
        start = 0
        if not self._open:
            start = data.find(_END) + len(_END)
            if start < len(_END):
                self._received = data
                return
            if not data.startswith(b"HTTP/1.1 101 "):
                raise RuntimeError(data.decode())
            self._open = True
        size = len(data)
        while size - start >= 2:
            length, head = data[start + 1], 2
            if length == 126:
                length, head = int.from_bytes(data[start + 2 : start + 4], "big"), 4
            elif length == 127:
                length, head = int.from_bytes(data[start + 2 : start + 10], "big"), 10
            end = start + head + length
            if end > size or size - start < head:
                break
            self._heard(data[start + head : end])
            start = end
        self._received = data[start:]
