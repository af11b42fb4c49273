"""News of messages reaches those who see the channel, and nobody else."""

import asyncio

from chat.actions import delete_message, edit_message, send_message
from guilds.actions import leave_server
from together.testing.cast import Cast
from together.testing.gateway import act, token
from together.testing.sockets import Site, opened


def test_a_message_its_edit_and_its_deletion_arrive_in_order(site: Site, cast: Cast) -> None:
    async def story() -> None:
        async with opened(site, token_of_bob) as bob:
            message = await act(send_message, actor=cast.alice, channel=cast.general, content="hi", nonce="n1")
            created = await bob.until("MESSAGE_CREATE")
            assert (created["d"]["id"], created["d"]["content"], created["d"]["nonce"]) == (str(message.pk), "hi", "n1")
            assert "html" not in created
            await act(edit_message, actor=cast.alice, message=message, content="ho")
            assert (await bob.until("MESSAGE_UPDATE"))["d"]["content"] == "ho"
            await act(delete_message, actor=cast.alice, message=message)
            deleted = await bob.until("MESSAGE_DELETE")
            assert deleted["d"]["id"] == str(message.pk)

    token_of_bob = token(cast.bob)
    asyncio.run(story())


def test_nothing_of_a_hidden_channel_is_heard(site: Site, cast: Cast) -> None:
    async def story() -> None:
        async with opened(site, tokens[0]) as bob, opened(site, tokens[1]) as charlie:
            await act(send_message, actor=cast.alice, channel=cast.secret, content="psst")
            assert (await bob.until("MESSAGE_CREATE"))["d"]["content"] == "psst"
            await charlie.silence()

    tokens = token(cast.bob), token(cast.charlie)
    asyncio.run(story())


def test_leaving_ends_delivery_to_an_open_socket(site: Site, cast: Cast) -> None:
    async def story() -> None:
        async with opened(site, tokens[0]) as bob, opened(site, tokens[1]) as charlie:
            await act(leave_server, actor=cast.charlie, server=cast.server)
            await charlie.until("MEMBER_LEAVE")
            await act(send_message, actor=cast.alice, channel=cast.general, content="gone?")
            assert (await bob.until("MESSAGE_CREATE"))["d"]["content"] == "gone?"
            await charlie.silence()

    tokens = token(cast.bob), token(cast.charlie)
    asyncio.run(story())
