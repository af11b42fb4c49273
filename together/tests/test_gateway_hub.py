"""What the hub does about sockets whose view, sign-in or reading is in doubt."""

import asyncio
import threading
import time
import uuid
from typing import Any

import pytest
from django.db import connections
from django.utils import timezone
from websockets.asyncio.client import connect

from accounts.actions import sign_in
from accounts.models import Session
from accounts.tokens import access_token
from chat.actions import send_message
from guilds.actions import create_channel, create_server, delete_channel, delete_server, join_server, update_channel
from guilds.models import Server
from together import events
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
            await act(send_message, actor=cast.alice, channel_id=channel.pk, content="first")
            assert (await client.until("MESSAGE_CREATE"))["d"]["content"] == "first"

    bob = token(cast.bob)
    run(story())


def test_joining_begins_delivery_to_an_open_socket(site: Site, cast: Cast) -> None:
    async def story() -> None:
        async with opened(site, mallory) as client:
            await act(send_message, actor=cast.alice, channel_id=cast.general.pk, content="before")
            await act(join_server, actor=cast.mallory, server_id=cast.server.pk)
            await client.until("MEMBER_JOIN")
            await act(send_message, actor=cast.alice, channel_id=cast.general.pk, content="after")
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


@pytest.mark.parametrize("what", ["channel", "server"])
def test_of_what_is_deleted_a_socket_keeps_no_trace(site: Site, cast: Cast, what: str) -> None:
    def kept() -> set[str]:
        [socket] = site.application.hub.sockets
        return socket.audiences

    async def story() -> None:
        async with opened(site, bob) as client:
            before = set(kept())
            made = await act(create_channel, actor=cast.alice, server=cast.server, name="passing", type="text")
            await client.until("CHANNEL_CREATE")
            assert kept() == before | {events.channel(made.pk)}
            if what == "channel":
                await act(delete_channel, actor=cast.alice, channel=made)
            else:
                await act(delete_server, actor=cast.alice, server=cast.server)
            left = before if what == "channel" else before & {events.user(cast.bob.pk), events.session(sign_in)}
            async with asyncio.timeout(5):
                while kept() != left:
                    await asyncio.sleep(0.02)

    bob = token(cast.bob)
    sign_in = Session.objects.filter(user=cast.bob).latest("created_at").pk
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
            # In another thread: this one reads as of the moment in which it began.
            threading.Thread(target=open_secret).start()
            _wait_until_handled(site)
        made.append(1)
        return content

    def open_secret() -> None:
        update_channel(actor=cast.alice, channel=cast.secret, default_deny=0)
        connections.close_all()

    async def story() -> None:
        async with opened(site, charlie) as client:
            await act(send_message, actor=cast.alice, channel_id=cast.secret.pk, content="no longer secret")
            assert (await client.until("MESSAGE_CREATE"))["d"]["content"] == "no longer secret"

    charlie = token(cast.charlie)
    monkeypatch.setattr(reach, "ready", slow)
    run(story())
    assert len(made) == 2


def test_what_changes_for_others_holds_nobody_up(site: Site, cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    made: list[int] = []
    ready = reach.ready

    def slow(*arguments: Any) -> dict[str, Any]:
        content = ready(*arguments)
        made.append(1)
        # In another thread: this one reads as of the moment in which it began.
        other = threading.Thread(target=make_channel)
        other.start()
        other.join()
        return content

    def make_channel() -> None:
        create_channel(actor=cast.mallory, server=elsewhere, name=f"channel {len(made)}", type="text")
        events.drain()
        _wait_until_heard(site, events.position())
        connections.close_all()

    async def story() -> None:
        async with opened(site, bob) as client:
            assert client.frames[0]["t"] == "READY"

    elsewhere = create_server(actor=cast.mallory, name="Elsewhere")
    bob = token(cast.bob)
    monkeypatch.setattr(reach, "ready", slow)
    run(story())
    assert len(made) == 1


def _wait_until_handled(site: Site) -> None:
    hub = site.application.hub
    assert hub is not None
    deadline = time.monotonic() + 5
    while not hub._access_changed and time.monotonic() < deadline:
        time.sleep(0.02)


def _wait_until_heard(site: Site, place: tuple[str, int]) -> None:
    hub = site.application.hub
    assert hub is not None
    deadline = time.monotonic() + 5
    while hub.place < place and time.monotonic() < deadline:
        time.sleep(0.02)


class StalledWire:
    """A connection whose other side takes nothing."""

    def __init__(self) -> None:
        self.codes: list[int] = []
        self.unread = 0
        self.writable = asyncio.Event()

    def push(self, framed: bytes) -> None:
        self.unread += len(framed)

    def drop(self, code: int) -> None:
        self.codes.append(code)

    def waiting(self) -> int:
        return self.unread


def test_a_client_that_takes_nothing_is_dropped_and_one_that_is_slow_is_not(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(gateway_socket, "MAX_STALL", 0.01)
    stalled, slow = StalledWire(), StalledWire()
    for wire in (stalled, slow):
        socket = Socket(uuid.uuid4(), uuid.uuid4(), wire)
        socket.drop_if_stalled()
        for _look in range(3):
            socket.push(b"a frame")
            if wire is slow:
                wire.unread = 1
            socket.drop_if_stalled()
            time.sleep(0.02)
        socket.push(b"nobody hears this")
        socket.drop(1000 if wire is stalled else 1001)
    assert (stalled.codes, slow.codes) == ([4009], [1001])


def test_a_client_that_does_not_take_what_it_missed_is_dropped(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(gateway_socket, "MAX_STALL", 0.01)
    with pytest.raises(TimeoutError):
        run(Socket(uuid.uuid4(), uuid.uuid4(), StalledWire()).ready())
