"""Somebody types: told to those who see the channel, kept nowhere."""

import asyncio
import uuid
from datetime import datetime

import pytest

from guilds.models import Channel, Override
from guilds.permissions import Permission
from together.events.log import EventRecord
from together.gateway import commands
from together.testing.cast import Cast
from together.testing.gateway import run, token
from together.testing.sockets import Client, Site, opened


async def types(client: Client, channel: Channel) -> None:
    await client.say({"op": "TYPING_START", "d": {"channel_id": str(channel.pk)}})


def test_everybody_who_sees_the_channel_hears_it_the_sender_too(site: Site, cast: Cast) -> None:
    async def story() -> None:
        async with opened(site, tokens[0]) as bob, opened(site, tokens[1]) as charlie:
            await types(bob, cast.general)
            for client in (bob, charlie):
                frame = await client.until("TYPING_START")
                assert "s" not in frame
                moment = datetime.fromisoformat(frame["d"].pop("timestamp"))
                assert moment.utcoffset().total_seconds() == 0
                assert frame["d"] == {
                    "user_id": str(cast.bob.pk), "username": "bob", "channel_id": str(cast.general.pk),
                }  # fmt: skip

    tokens = token(cast.bob), token(cast.charlie)
    run(story())
    assert not EventRecord.objects.filter(name="TYPING_START").exists()


def test_of_a_hidden_channel_nobody_hears_who_does_not_see_it_nor_can_they_type_there(site: Site, cast: Cast) -> None:
    async def story() -> None:
        async with opened(site, tokens[0]) as bob, opened(site, tokens[1]) as charlie:
            await types(bob, cast.secret)
            assert (await bob.until("TYPING_START"))["d"]["channel_id"] == str(cast.secret.pk)
            await types(charlie, cast.secret)
            await charlie.silence()
            await bob.silence(0.1)

    tokens = token(cast.bob), token(cast.charlie)
    run(story())


def test_typing_takes_the_permission_to_send(site: Site, cast: Cast) -> None:
    async def story() -> None:
        async with opened(site, tokens[0]) as bob, opened(site, tokens[1]) as charlie:
            await types(charlie, cast.general)
            await bob.silence()
            await types(bob, cast.general)
            assert (await charlie.until("TYPING_START"))["d"]["username"] == "bob"

    Override.objects.create(channel=cast.general, user=cast.charlie, deny=int(Permission.SEND_MESSAGES))
    tokens = token(cast.bob), token(cast.charlie)
    run(story())


def test_the_same_is_told_again_only_after_a_while_from_whatever_device(
    site: Site, cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def story() -> None:
        async with opened(site, bob) as one, opened(site, bob) as two:
            for client in (one, two, one):
                await types(client, cast.general)
            await one.until("TYPING_START")
            await types(one, cast.secret)
            assert (await one.until("TYPING_START"))["d"]["channel_id"] == str(cast.secret.pk)
            await one.silence(0.1)
            await asyncio.sleep(0.5)
            await types(two, cast.general)
            await one.until("TYPING_START")

    monkeypatch.setattr(commands, "TYPING_PAUSE", 0.5)
    bob = token(cast.bob)
    run(story())


@pytest.mark.parametrize("said", [None, 7, {}, {"channel_id": None}, {"channel_id": "general"}, {"channel_id": [1]}])
def test_what_is_not_sound_is_ignored(site: Site, cast: Cast, said: object) -> None:
    async def story() -> None:
        async with opened(site, bob) as client:
            for content in (said, {"channel_id": str(uuid.uuid4())}):
                await client.say({"op": "TYPING_START", "d": content})
            await client.say({"op": "NO_SUCH_WORD", "d": said})
            await client.silence(0.2)
            await types(client, cast.general)
            await client.until("TYPING_START")

    bob = token(cast.bob)
    run(story())


def test_what_fails_is_logged_and_the_socket_lives(
    site: Site, cast: Cast, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    async def story() -> None:
        async with opened(site, bob) as client:
            await types(client, cast.general)
            await client.silence(0.2)
            await client.say({"op": "HEARTBEAT"})
            assert (await client.next())["op"] == "HEARTBEAT_ACK"

    def broken(**_said: object) -> None:
        raise ZeroDivisionError

    monkeypatch.setattr(commands, "start_typing", broken)
    bob = token(cast.bob)
    run(story())
    assert "could not be done" in caplog.text


def test_nobody_types_in_many_channels_at_once(site: Site, cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    async def story() -> None:
        async with opened(site, bob) as one, opened(site, bob) as two, opened(site, alice) as other:
            await types(one, cast.general)
            await one.until("TYPING_START")
            await types(two, cast.secret)
            await one.silence()
            await types(other, cast.secret)
            assert (await one.until("TYPING_START"))["d"]["username"] == "alice"

    monkeypatch.setattr(commands, "MAX_TYPED", 1)
    alice, bob = token(cast.alice), token(cast.bob)
    run(story())
