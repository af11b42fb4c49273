"""News of messages reaches those who see the channel, and nobody else."""

import asyncio
import itertools

from chat.actions import delete_message, edit_message, send_message
from guilds.actions import leave_server
from together.testing.cast import Cast
from together.testing.gateway import act, run, token
from together.testing.sockets import Site, opened


def test_a_message_its_edit_and_its_deletion_arrive_in_order(site: Site, cast: Cast) -> None:
    async def story() -> None:
        async with opened(site, token_of_bob) as bob:
            message = await act(send_message, actor=cast.alice, channel_id=cast.general.pk, content="hi", nonce="n1")
            created = await bob.until("MESSAGE_CREATE")
            assert (created["d"]["id"], created["d"]["content"], created["d"]["nonce"]) == (str(message.pk), "hi", "n1")
            assert "html" not in created
            await act(edit_message, actor=cast.alice, message=message, content="ho")
            assert (await bob.until("MESSAGE_UPDATE"))["d"]["content"] == "ho"
            await act(delete_message, actor=cast.alice, message=message)
            deleted = await bob.until("MESSAGE_DELETE")
            assert deleted["d"]["id"] == str(message.pk)

    token_of_bob = token(cast.bob)
    run(story())


def test_nothing_of_a_hidden_channel_is_heard(site: Site, cast: Cast) -> None:
    async def story() -> None:
        async with opened(site, tokens[0]) as bob, opened(site, tokens[1]) as charlie:
            await act(send_message, actor=cast.alice, channel_id=cast.secret.pk, content="psst")
            assert (await bob.until("MESSAGE_CREATE"))["d"]["content"] == "psst"
            await charlie.silence()

    tokens = token(cast.bob), token(cast.charlie)
    run(story())


def test_leaving_ends_delivery_to_an_open_socket(site: Site, cast: Cast) -> None:
    async def story() -> None:
        async with opened(site, tokens[0]) as bob, opened(site, tokens[1]) as charlie:
            await act(leave_server, actor=cast.charlie, server=cast.server)
            await charlie.until("MEMBER_LEAVE")
            await act(send_message, actor=cast.alice, channel_id=cast.general.pk, content="gone?")
            assert (await bob.until("MESSAGE_CREATE"))["d"]["content"] == "gone?"
            await charlie.silence()

    tokens = token(cast.bob), token(cast.charlie)
    run(story())


def test_connecting_while_messages_pour_in_leaves_no_gap_and_no_duplicate(site: Site, cast: Cast) -> None:
    there: list[float] = []

    async def pour() -> list[str]:
        words = (str(n) for n in itertools.takewhile(lambda _n: len(there) < 6, itertools.count()))
        sent = [await act(send_message, actor=cast.alice, channel_id=general, content=word) for word in words]
        sent.append(await act(send_message, actor=cast.alice, channel_id=general, content="last"))
        return [str(message.pk) for message in sent]

    async def join(delay: float) -> list[str]:
        await asyncio.sleep(delay)
        async with opened(site, bob) as client:
            there.append(delay)
            heard: list[str] = []
            while client.frames[-1].get("d", {}).get("content") != "last":
                heard.append((await client.until("MESSAGE_CREATE"))["d"]["id"])
            return heard

    async def story() -> tuple[list[str], list[list[str]]]:
        sent, *heard = await asyncio.gather(pour(), *(join(n * 0.05) for n in range(6)))
        return sent, heard

    bob, general = token(cast.bob), cast.general.pk
    sent, heard = run(story())
    for each in heard:
        # Whoever came later heard a shorter tail of the same story.
        assert each == sent[len(sent) - len(each) :]


def test_all_devices_of_a_person_hear_the_same(site: Site, cast: Cast) -> None:
    async def story() -> list[str]:
        async with opened(site, bob) as one, opened(site, bob) as two:
            await act(send_message, actor=cast.bob, channel_id=cast.general.pk, content="mine")
            return [(await client.until("MESSAGE_CREATE"))["d"]["content"] for client in (one, two)]

    bob = token(cast.bob)
    assert run(story()) == ["mine", "mine"]
