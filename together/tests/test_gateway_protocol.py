"""What a rude client does below the level of messages, where only the protocol sees it."""

import asyncio
import json
import socket
import time
from contextlib import closing, suppress
from unittest.mock import MagicMock

import httpx
import pytest
import uvicorn
from uvicorn.server import ServerState

from together.gateway import protocol
from together.testing.gateway import run, token
from together.testing.sockets import LOCALHOST, opened

UPGRADE = (
    b"Host: localhost\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
    b"Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n"
)
TEXT, CONTINUATION, PING, PONG = 1, 0, 9, 10


def frame(kind, content=b"", *, final=True):
    """A frame as a client sends it, masked with nothing."""
    return bytes([final << 7 | kind, 0x80 | len(content)]) + bytes(4) + content


def closed_with(code):
    return b"\x88\x02" + code.to_bytes(2)


def connect(site):
    return closing(socket.create_connection((LOCALHOST, site.port), timeout=10))


def enter(client, user):
    """Open a socket; READY has arrived."""
    client.sendall(b"GET /ws?token=%b HTTP/1.1\r\n%b\r\n" % (token(user).encode(), UPGRADE))
    heard = b""
    while b'"READY"' not in heard:
        heard += client.recv(65536)


def flood(client, content, *, read, seconds):
    """Send it again and again until the connection ends or the time is over; returns whether it ended."""
    client.settimeout(0.05)
    heard, deadline = b"", time.monotonic() + seconds
    while time.monotonic() < deadline:
        with suppress(TimeoutError):
            try:
                client.send(content)
            except ConnectionError:
                return True, heard
        if read:
            with suppress(TimeoutError, ConnectionError):
                heard = heard[-10_000:] + client.recv(1 << 20)
            if closed_with(4008) in heard:
                return True, heard
    return False, heard


@pytest.mark.parametrize(
    ("first", "again"),
    [
        (b"", frame(PING)),
        (b"", frame(PONG)),
        (frame(TEXT, b"{", final=False), frame(CONTINUATION, final=False)),
        (b"", frame(TEXT, b'{"op":"HEARTBEAT"}')),
    ],
    ids=["pings", "pongs", "fragments", "heartbeats"],
)
def test_a_flood_of_tiny_frames_is_cut_off_and_others_are_served(site, cast, first, again):
    with connect(site) as client:
        enter(client, cast.alice)
        client.sendall(first)
        ended, heard = flood(client, again * 5000, read=True, seconds=8)
        assert ended
        assert closed_with(4008) in heard
        assert httpx.get(f"{site.url}/api/health/live", timeout=10).status_code == 200


def test_pings_and_fragments_at_a_human_pace_are_welcome(site, cast):
    alices = token(cast.alice)

    async def story():
        async with opened(site, alices) as alice:
            for _ in range(50):
                await (await alice.connection.ping())
                await alice.connection.pong()
            await alice.connection.send(['{"op":', "", '"HEART', 'BEAT"}'])
            return await alice.next()

    assert run(story())["op"] == "HEARTBEAT_ACK"


def test_one_who_pings_and_never_reads_is_cut_off(site, cast, monkeypatch):
    monkeypatch.setattr("together.gateway.bucket.Bucket.take", lambda self: True)
    monkeypatch.setattr(protocol, "MAX_UNREAD", 64 * 1024)
    with connect(site) as client:
        client.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
        enter(client, cast.alice)
        ended, _ = flood(client, frame(PING, b"x" * 120) * 100, read=False, seconds=20)
        assert ended


@pytest.mark.parametrize(
    "leave",
    [
        lambda client: client.sendall(frame(8, (1000).to_bytes(2))),
        lambda client: client.sendall(frame(3)),
        lambda client: client.shutdown(socket.SHUT_WR),
    ],
    ids=["close", "nonsense", "end of stream"],
)
def test_one_who_says_goodbye_and_never_reads_does_not_keep_the_connection(site, cast, monkeypatch, leave):
    monkeypatch.setattr("together.gateway.bucket.Bucket.take", lambda self: True)
    monkeypatch.setattr(protocol, "GRACE", 0.2)
    with connect(site) as client:
        client.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
        enter(client, cast.alice)
        [other_end] = site.application.hub.sockets
        while not other_end.waiting():
            client.sendall(frame(PING, b"x" * 120) * 100)
        leave(client)
        deadline = time.monotonic() + 5
        while site.connections and time.monotonic() < deadline:
            time.sleep(0.05)
        assert not site.connections


@pytest.mark.parametrize("pieces", [[b"\xff"], [b'{"op":"', b"\xc3", b'"}']], ids=["one frame", "fragments"])
def test_text_that_is_not_utf8_is_refused_with_its_own_code_and_without_a_stack_trace(site, cast, caplog, pieces):
    with connect(site) as client:
        enter(client, cast.alice)
        for number, piece in enumerate(pieces):
            kind = CONTINUATION if number else TEXT
            client.sendall(frame(kind, piece, final=number == len(pieces) - 1))
        heard = b""
        while closed_with(1007) not in heard:
            heard += client.recv(65536) or pytest.fail("closed without a code")
    assert not [record for record in caplog.records if record.exc_info]


def test_letters_split_between_fragments_are_whole(site, cast):
    word = '{"op":"HEARTBEAT","d":"é"}'.encode()
    split = word.index("é".encode()) + 1
    with connect(site) as client:
        enter(client, cast.alice)
        client.sendall(frame(TEXT, word[:split], final=False) + frame(CONTINUATION, word[split:]))
        heard = b""
        while b"HEARTBEAT_ACK" not in heard:
            heard += client.recv(65536) or pytest.fail("closed")


def test_a_flood_that_ends_with_a_close_ends_the_socket(site, cast):
    with connect(site) as client:
        enter(client, cast.alice)
        client.sendall(frame(PING) * 300 + frame(8, (1000).to_bytes(2)))
        while client.recv(65536):
            pass


@pytest.mark.parametrize(
    ("line", "more"),
    [
        (b"GET /ws?token=" + b"b" * 20_000, b""),
        (b"GET /ws", b"a: " + b"b" * 20_000 + b"\r\n"),
        (b"GET /ws", b"a: b\r\n" * 1000),
        (b"GET /ws", b"Content-Length: 10\r\n"),
        (b"GET /ws", b"Transfer-Encoding: chunked\r\n"),
        (b"POST /ws", b"Content-Length: 3\r\n"),
    ],
    ids=["address", "header", "headers", "length", "chunked", "post"],
)
def test_a_handshake_that_cannot_be_understood_is_answered(site, line, more):
    with connect(site) as client:
        client.sendall(line + b" HTTP/1.1\r\n" + UPGRADE + more + b"\r\n")
        answer = b""
        while chunk := client.recv(65536):
            answer += chunk
    head, _, body = answer.partition(b"\r\n\r\n")
    assert head.split()[1] == b"400"
    assert "error" in json.loads(body)


def test_a_handshake_with_many_headers_that_can_be_understood_is_accepted(site, cast):
    with connect(site) as client:
        more = b"a: b\r\n" * 100
        client.sendall(b"GET /ws?token=%b HTTP/1.1\r\n%b\r\n" % (token(cast.alice).encode(), UPGRADE + more))
        assert client.recv(65536).split()[1] == b"101"


def test_a_handshake_that_never_ends_is_let_go(monkeypatch):
    monkeypatch.setattr(protocol, "HANDSHAKE", 0.2)

    async def story():
        half = protocol.Protocol(uvicorn.Config(MagicMock(), log_config=None), ServerState(), {})
        transport = MagicMock()
        transport.is_closing.return_value = False
        half.connection_made(transport)
        half.data_received(b"GET /ws HTTP/1.1\r\n" + UPGRADE)
        assert not transport.abort.called
        await asyncio.sleep(1)
        return transport.abort.called

    assert run(story())
