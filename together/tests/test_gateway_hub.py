"""What the hub does about sockets whose view, sign-in or reading is in doubt."""

import asyncio
import time
import uuid
from typing import Any

import pytest
from django.db import connection
from django.utils import timezone
from websockets.asyncio.client import connect

from accounts.actions import sign_in
from accounts.models import Session
from accounts.tokens import access_token
from chat.actions import send_message
from guilds.actions import create_channel, delete_server, join_server
from guilds.models import Channel, Server
from together.gateway import consumer, hub, reach
from together.gateway import socket as gateway_socket
from together.gateway.socket import Socket
from together.testing.cast import Cast
from together.testing.gateway import act, run, token
from together.testing.sockets import Site, handshake, opened


def test_a_sign_in_that_ended_without_word_of_it_closes_its_socket(
    transactional_db: None, cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def story() -> int | None:
        async with opened(site, charlie) as client:
            await act(Session.objects.filter(pk=session.pk).update, revoked_at=timezone.now())
            return await client.closed()

    session, _refresh = sign_in(user=cast.charlie)
    charlie = access_token(cast.charlie, session)
    monkeypatch.setattr(hub, "SESSION_TICK", 0.2)
    with Site() as site:
        assert run(story()) == 4004


def test_a_new_channel_is_heard_at_once_by_those_who_see_it(site: Site, cast: Cast) -> None:
    async def story() -> None:
        async with opened(site, bob) as client:
            channel = await act(create_channel, actor=cast.alice, server=cast.server, name="new", type="text")
            assert (await client.until("CHANNEL_CREATE"))["d"]["id"] == str(channel.pk)
            await act(send_message, actor=cast.alice, channel=channel, content="first")
            assert (await client.until("MESSAGE_CREATE"))["d"]["content"] == "first"

    bob = token(cast.bob)
    run(story())


def test_joining_begins_delivery_to_an_open_socket(site: Site, cast: Cast) -> None:
    async def story() -> None:
        async with opened(site, mallory) as client:
            await act(send_message, actor=cast.alice, channel=cast.general, content="before")
            await act(join_server, actor=cast.mallory, server_id=cast.server.pk)
            await client.until("MEMBER_JOIN")
            await act(send_message, actor=cast.alice, channel=cast.general, content="after")
            assert (await client.until("MESSAGE_CREATE"))["d"]["content"] == "after"
            assert [frame["t"] for frame in client.frames] == ["READY", "MEMBER_JOIN", "MESSAGE_CREATE"]

    Server.objects.filter(pk=cast.server.pk).update(is_public=True)
    mallory = token(cast.mallory)
    run(story())


def test_a_deleted_server_is_silent(site: Site, cast: Cast) -> None:
    async def story() -> None:
        async with opened(site, bob) as client:
            await act(delete_server, actor=cast.alice, server=cast.server)
            assert (await client.until("SERVER_DELETE"))["d"] == {"id": str(cast.server.pk)}
            await client.silence()

    bob = token(cast.bob)
    run(story())


def test_sockets_of_one_person_are_limited(site: Site, cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    async def story() -> tuple[int, int]:
        async with opened(site, bob):
            return await handshake(f"{site.socket_url}?token={bob}"), await handshake(
                f"{site.socket_url}?token={charlie}"
            )

    bob, charlie = token(cast.bob), token(cast.charlie)
    monkeypatch.setattr(consumer, "MAX_SOCKETS", 1)
    assert run(story()) == (429, 101)


def test_a_handshake_is_limited_by_address(site: Site, cast: Cast, settings: Any) -> None:
    bob = token(cast.bob)
    url = f"{site.socket_url}?token={bob}"
    settings.RATE_LIMITS = {**settings.RATE_LIMITS, "address": "2/minute"}
    assert [run(handshake(url)) for _ in range(3)] == [101, 101, 429]


def test_when_ready_cannot_be_made_the_client_is_asked_to_come_again(
    site: Site, cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def story() -> int | None:
        async with connect(f"{site.socket_url}?token={bob}") as client:
            await asyncio.wait_for(client.wait_closed(), 5)
            return client.close_code

    def broken(*ids: uuid.UUID) -> None:
        raise ConnectionError

    bob = token(cast.bob)
    monkeypatch.setattr(reach, "ready", broken)
    assert run(story()) == 1012


def test_access_that_changes_while_ready_is_made_counts(
    site: Site, cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Charlie's socket comes in just as `#secret` opens to all: what it hears is what is true afterwards."""
    made: list[int] = []
    ready = reach.ready

    def slow(*arguments: Any) -> dict[str, Any]:
        content = ready(*arguments)
        if not made:
            Channel.objects.filter(pk=cast.secret.pk).update(default_deny=0)
            create_channel(actor=cast.alice, server=cast.server, name="wakes the hub", type="text")
            _wait_for_announcement()
        made.append(1)
        return content

    async def story() -> None:
        async with opened(site, charlie) as client:
            await act(send_message, actor=cast.alice, channel=cast.secret, content="no longer secret")
            assert (await client.until("MESSAGE_CREATE"))["d"]["content"] == "no longer secret"

    charlie = token(cast.charlie)
    monkeypatch.setattr(reach, "ready", slow)
    run(story())
    assert len(made) == 2


def _wait_for_announcement() -> None:
    with connection.cursor() as cursor:
        for _ in range(100):
            cursor.execute("SELECT count(*) FROM event_log WHERE NOT announced")
            if cursor.fetchone() == (0,):
                break
            time.sleep(0.02)
    # The hub's own thread takes it from here.
    time.sleep(0.1)


def test_a_frame_that_does_not_go_out_drops_its_socket(monkeypatch: pytest.MonkeyPatch) -> None:
    codes: list[int] = []

    async def story() -> None:
        never = asyncio.Event()

        async def send(message: dict[str, Any]) -> None:
            await never.wait()

        socket = Socket(uuid.uuid4(), uuid.uuid4(), send, codes.append)
        socket.start()
        socket.drop_if_stalled()
        socket.push("{}")
        await asyncio.sleep(0.05)
        socket.drop_if_stalled()
        socket.push("nobody hears this")
        socket.drop(1000)

    monkeypatch.setattr(gateway_socket, "MAX_STALL", 0.01)
    run(story())
    assert codes == [4009]


def test_a_connection_that_went_away_ends_the_writing() -> None:
    async def story() -> bool:
        async def send(message: dict[str, Any]) -> None:
            raise ConnectionError

        socket = Socket(uuid.uuid4(), uuid.uuid4(), send, lambda code: None)
        socket.start()
        socket.push("{}")
        await asyncio.sleep(0.05)
        assert socket._writer is not None
        return socket._writer.done()

    assert run(story())
