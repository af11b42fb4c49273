"""Access that is gained or lost counts on open sockets, and those who hold them are told."""

import asyncio
import time
from typing import Any

import pytest

from accounts.models import User
from chat.actions import send_message
from guilds.access import find_member
from guilds.actions import (
    ban_user,
    create_channel,
    delete_role,
    give_role,
    kick_member,
    remove_override,
    set_override,
    take_role,
    update_channel,
    update_role,
    update_server,
)
from guilds.models import Channel, Override
from guilds.permissions import DEFAULT, Permission
from together.testing.cast import Cast
from together.testing.gateway import act, run, token
from together.testing.sockets import Client, Site, opened

P = Permission
# Seconds within which a change must count (threats.md).
SOON = 2.0


async def hears_secret(cast: Cast, client: Client) -> bool:
    """Whether a message to `#secret` reaches a socket that surely hears `#general`."""
    client.frames.clear()
    await act(send_message, actor=cast.alice, channel_id=cast.secret.pk, content="psst")
    await act(send_message, actor=cast.alice, channel_id=cast.general.pk, content="all")
    async with asyncio.timeout(5):
        while (await client.until("MESSAGE_CREATE"))["d"]["content"] != "all":
            pass
    return any(frame["t"] == "MESSAGE_CREATE" and frame["d"]["content"] == "psst" for frame in client.frames)


def give(cast: Cast) -> None:
    give_role(actor=cast.alice, member=find_member(cast.server, cast.charlie.pk), role=cast.moderator)


def take(cast: Cast) -> None:
    take_role(actor=cast.alice, member=find_member(cast.server, cast.bob.pk), role=cast.moderator)


def overrule(cast: Cast, user: User, allow: int, deny: int) -> None:
    set_override(actor=cast.alice, channel=cast.secret, user=user, allow=allow, deny=deny)


GAINS = {
    "a role is given": give,
    "an override is set": lambda cast: overrule(cast, cast.charlie, int(P.VIEW_CHANNEL), 0),
    "the channel is opened": lambda cast: update_channel(actor=cast.alice, channel=cast.secret, default_deny=0),
}
LOSSES = {
    "the role is taken": take,
    "the role is deleted": lambda cast: delete_role(actor=cast.alice, role=cast.moderator),
    "its override goes": lambda cast: remove_override(
        actor=cast.alice, channel=cast.secret, override_id=Override.objects.get().pk
    ),
    "an override denies it": lambda cast: overrule(cast, cast.bob, 0, int(P.VIEW_CHANNEL)),
}


@pytest.mark.parametrize("change", GAINS)
def test_who_gains_a_channel_is_told_and_hears_it_at_once(site: Site, cast: Cast, change: str) -> None:
    async def story() -> None:
        async with opened(site, charlie) as client:
            assert not await hears_secret(cast, client)
            await act(GAINS[change], cast=cast)
            told = await client.until("CHANNEL_CREATE", SOON)
            assert (told["d"]["id"], told["d"]["name"]) == (str(cast.secret.pk), "secret")
            assert await hears_secret(cast, client)

    charlie = token(cast.charlie)
    run(story())


@pytest.mark.parametrize("change", LOSSES)
def test_who_loses_a_channel_is_told_and_hears_no_more_of_it(site: Site, cast: Cast, change: str) -> None:
    async def story() -> None:
        async with opened(site, bob) as client:
            assert await hears_secret(cast, client)
            await act(LOSSES[change], cast=cast)
            told = await client.until("CHANNEL_DELETE", SOON)
            assert told["d"] == {"id": str(cast.secret.pk), "server_id": str(cast.server.pk)}
            assert not await hears_secret(cast, client)

    bob = token(cast.bob)
    run(story())


def test_a_category_comes_before_the_channel_through_which_it_is_seen_and_goes_after_it(site: Site, cast: Cast) -> None:
    async def story() -> None:
        async with opened(site, charlie) as client:
            await act(give, cast=cast)
            assert (await client.until("CATEGORY_CREATE"))["d"]["name"] == "Cellar"
            assert (await client.next())["t"] == "CHANNEL_CREATE"
            await act(take_role, actor=cast.alice, member=charlie_there, role=cast.moderator)
            await client.until("CHANNEL_DELETE")
            assert (await client.next())["t"] == "CATEGORY_DELETE"
            assert client.frames[-1]["d"] == {"id": str(cellar.pk), "server_id": str(cast.server.pk)}

    cellar = Channel.objects.create(server=cast.server, name="Cellar", type="category", default_deny=P.VIEW_CHANNEL)
    Channel.objects.filter(pk=cast.secret.pk).update(parent=cellar)
    charlie_there = find_member(cast.server, cast.charlie.pk)
    charlie = token(cast.charlie)
    run(story())


def test_a_channel_that_is_made_is_announced_once(site: Site, cast: Cast) -> None:
    async def story() -> None:
        async with opened(site, charlie) as client:
            await act(create_channel, actor=cast.alice, server=cast.server, name="news", type="text")
            await client.until("CHANNEL_CREATE")
            await client.silence()

    charlie = token(cast.charlie)
    run(story())


def test_flags_of_all_members_and_of_a_role_count_at_once(site: Site, cast: Cast) -> None:
    async def story() -> None:
        async with opened(site, tokens[0]) as bob, opened(site, tokens[1]) as charlie:
            await act(
                update_server, actor=cast.alice, server=cast.server, default_permissions=int(DEFAULT & ~P.VIEW_CHANNEL)
            )
            assert (await charlie.until("CHANNEL_DELETE", SOON))["d"]["id"] == str(cast.general.pk)
            await bob.until("CHANNEL_DELETE", SOON)
            await act(update_role, actor=cast.alice, role=cast.moderator, permissions=int(P.VIEW_CHANNEL))
            assert (await bob.until("CHANNEL_CREATE", SOON))["d"]["id"] == str(cast.general.pk)

    tokens = token(cast.bob), token(cast.charlie)
    run(story())


@pytest.mark.parametrize(("end", "name"), [(kick_member, "MEMBER_KICK"), (ban_user, "MEMBER_BAN")])
def test_who_is_thrown_out_hears_of_that_and_then_nothing(site: Site, cast: Cast, end: Any, name: str) -> None:
    async def story() -> None:
        async with opened(site, charlie) as client:
            began = time.monotonic()
            await act(end, actor=cast.alice, server=cast.server, user=cast.charlie, reason="spam")
            told = await client.until(name, SOON)
            assert told["d"] == {
                "server_id": str(cast.server.pk),
                "user_id": str(cast.charlie.pk),
                "reason": "spam",
            }
            await act(send_message, actor=cast.alice, channel_id=cast.general.pk, content="gone?")
            await client.silence(max(0.4, SOON - (time.monotonic() - began)))

    charlie = token(cast.charlie)
    run(story())
