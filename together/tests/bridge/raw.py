"""HTTP byte by byte, as no well-behaved client sends it."""

import socket
import time
from contextlib import closing

import uvicorn

# Seconds; what blocks here blocks for a minute.
PATIENCE = 10


def connect(port: int) -> socket.socket:
    return socket.create_connection(("127.0.0.1", port), timeout=10)


def exchange(port: int, request: bytes) -> tuple[int, dict[bytes, bytes], bytes]:
    """Sends the bytes of one request and reads until the server closes."""
    with closing(connect(port)) as client:
        client.sendall(request)
        answer = b""
        while chunk := client.recv(65536):
            answer += chunk
    head, _, body = answer.partition(b"\r\n\r\n")
    first, *lines = head.split(b"\r\n")
    return int(first.split()[1]), dict(line.lower().split(b": ", 1) for line in lines), body


def get(port: int, path: str = "/", *lines: str, method: str = "GET") -> tuple[int, dict[bytes, bytes], bytes]:
    head = [f"{method} {path} HTTP/1.1", "Host: localhost", "Connection: close", *lines, "", ""]
    return exchange(port, "\r\n".join(head).encode("latin-1"))


def others_are_served(port: int) -> bool:
    before = time.monotonic()
    status, _, body = get(port)
    return status == 200 and body == b"got 0" and time.monotonic() - before < PATIENCE


def is_let_go(server: uvicorn.Server) -> bool:
    """Whether the server, within three seconds, has dropped the connection it has."""
    time.sleep(0.1)
    assert server.server_state.connections
    deadline = time.monotonic() + 3
    while server.server_state.connections and time.monotonic() < deadline:
        time.sleep(0.05)
    return not server.server_state.connections and not server.server_state.tasks


def upload(length: int, sent: bytes) -> bytes:
    return b"POST /upload HTTP/1.1\r\nHost: localhost\r\nContent-Length: %d\r\n\r\n" % length + sent


CHUNKED = b"POST / HTTP/1.1\r\nHost: a\r\nConnection: close\r\nTransfer-Encoding: chunked\r\n\r\n"
