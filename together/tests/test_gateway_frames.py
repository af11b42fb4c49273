"""What a client may say, and what happens to the rest."""

import asyncio
import json
import socket
from typing import Any

import pytest

from chat.actions import send_message
from together.gateway import protocol
from together.gateway.bucket import BURST
from together.testing.cast import Cast
from together.testing.gateway import act, run, token
from together.testing.sockets import Site, opened

HEARTBEAT = {"op": "HEARTBEAT", "t": None, "d": None}


def test_a_heartbeat_is_answered(site: Site, cast: Cast) -> None:
    async def story() -> dict[str, Any]:
        async with opened(site, alice) as client:
            await client.say(HEARTBEAT)
            return await client.next()

    alice = token(cast.alice)
    assert run(story()) == {"op": "HEARTBEAT_ACK"}


@pytest.mark.parametrize(
    "frame",
    [
        {"op": "IDENTIFY", "d": {"x": 1}},
        {"op": "DISPATCH", "t": "MESSAGE_CREATE", "d": {}},
        {"op": "PRESENCE_UPDATE", "d": {"status": "away"}},
        {"op": "TYPING_START", "d": {"channel_id": "nonsense"}},
    ],
)
def test_known_and_unknown_words_leave_the_socket_open(site: Site, cast: Cast, frame: dict[str, Any]) -> None:
    async def story() -> dict[str, Any]:
        async with opened(site, alice) as client:
            await client.say(frame)
            await client.say(HEARTBEAT)
            return await client.next()

    alice = token(cast.alice)
    assert run(story()) == {"op": "HEARTBEAT_ACK"}


@pytest.mark.parametrize(
    ("frame", "code"),
    [
        ("not json", 4002),
        ("", 4002),
        ("[]", 4002),
        ("5", 4002),
        ('{"t":"x"}', 4002),
        ('{"op":5}', 4002),
        ('{"op":"HEARTBEAT","t":5}', 4002),
        ("[" * 5000, 4002),
        ('{"op":"\\ud800"}', 4002),
        (b"\x00\x01", 1003),
        (json.dumps({"op": "HEARTBEAT", "d": "x" * 20_000}), 1009),
        (json.dumps({"op": "VOICE_SIGNAL", "d": "x" * 70_000}), 1009),
    ],
)
def test_a_bad_frame_closes_with_its_code(site: Site, cast: Cast, frame: str | bytes, code: int) -> None:
    async def story() -> int | None:
        async with opened(site, alice) as client:
            await client.say(frame)
            return await client.closed()

    alice = token(cast.alice)
    assert run(story()) == code


def test_a_flood_closes_with_its_code_and_others_notice_nothing(site: Site, cast: Cast) -> None:
    async def story() -> int | None:
        async with opened(site, bob) as other, opened(site, alice) as client:
            for _ in range(int(BURST) + 100):
                await client.say(HEARTBEAT)
            code = await client.closed()
            await act(send_message, actor=cast.alice, channel_id=cast.general.pk, content="still here")
            await other.until("MESSAGE_CREATE")
            return code

    alice, bob = token(cast.alice), token(cast.bob)
    assert run(story()) == 4008


def test_a_socket_that_stops_reading_is_dropped_and_others_notice_nothing(
    site: Site, cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(protocol, "MAX_UNREAD", 64 * 1024)

    async def story() -> None:
        narrow = socket.socket()
        narrow.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
        narrow.connect(("127.0.0.1", site.port))
        narrow.setblocking(False)
        reader, writer = await asyncio.open_connection(sock=narrow, limit=1024)
        handshake = (
            f"GET /ws?token={alice} HTTP/1.1\r\nHost: 127.0.0.1\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
            "Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\n\r\n"
        )
        writer.write(handshake.encode())
        await reader.readline()
        # From here on this side reads nothing more.
        writer.transport.pause_reading()  # type: ignore[attr-defined]
        async with opened(site, bob) as other:
            hub = site.application.hub
            assert hub is not None
            for _ in range(400):
                if hub.of_user(cast.alice.pk) == 0:
                    break
                await act(send_message, actor=cast.alice, channel_id=cast.general.pk, content="🙂" * 4000)
                await other.until("MESSAGE_CREATE")
            assert hub.of_user(cast.alice.pk) == 0
        writer.close()

    alice, bob = token(cast.alice), token(cast.bob)
    run(story())
