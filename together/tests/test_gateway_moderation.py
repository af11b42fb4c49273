"""Who is sent away hears that, and from then on nothing more of the server; the others hear both."""

from collections.abc import Callable
from typing import Any

import pytest

from chat.actions import send_message
from guilds.actions import ban_user, kick_member, time_out
from together.testing.cast import Cast
from together.testing.gateway import act, run, token
from together.testing.sockets import Site, opened


@pytest.mark.parametrize(("action", "name"), [(kick_member, "MEMBER_KICK"), (ban_user, "MEMBER_BAN")])
def test_a_kick_or_a_ban_reaches_open_sockets_and_ends_what_they_hear(
    site: Site, cast: Cast, action: Callable[..., Any], name: str
) -> None:
    async def story() -> None:
        async with opened(site, tokens[0]) as bob, opened(site, tokens[1]) as charlie:
            await act(action, actor=cast.alice, server=cast.server, user=cast.charlie, reason="Spam")
            for client in (bob, charlie):
                assert (await client.until(name))["d"]["reason"] == "Spam"
            await act(send_message, actor=cast.alice, channel_id=cast.general.pk, content="gone?")
            assert (await bob.until("MESSAGE_CREATE"))["d"]["content"] == "gone?"
            await charlie.silence()

    tokens = token(cast.bob), token(cast.charlie)
    run(story())


def test_who_is_timed_out_still_hears(site: Site, cast: Cast) -> None:
    async def story() -> None:
        async with opened(site, charlies) as charlie:
            await act(time_out, actor=cast.alice, server=cast.server, user=cast.charlie, duration_minutes=5)
            assert (await charlie.until("MEMBER_TIMEOUT"))["d"]["user_id"] == str(cast.charlie.pk)
            await act(send_message, actor=cast.alice, channel_id=cast.general.pk, content="hush")
            assert (await charlie.until("MESSAGE_CREATE"))["d"]["content"] == "hush"

    charlies = token(cast.charlie)
    run(story())


def test_a_stranger_who_is_banned_hears_nothing(site: Site, cast: Cast) -> None:
    async def story() -> None:
        async with opened(site, tokens[0]) as bob, opened(site, tokens[1]) as mallory:
            await act(ban_user, actor=cast.alice, server=cast.server, user=cast.mallory)
            await bob.until("MEMBER_BAN")
            await mallory.silence()

    tokens = token(cast.bob), token(cast.mallory)
    run(story())
