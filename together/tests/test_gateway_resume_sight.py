"""Coming back: what was missed is filtered by what one may see now, and told as it is now."""

import contextlib
import uuid

from django.db.models import F

from chat.actions import delete_message, edit_message, send_message
from guilds.access import find_member
from guilds.actions import (
    ban_user,
    create_channel,
    create_invite,
    create_server,
    delete_channel,
    delete_server,
    give_role,
    join_server,
    kick_member,
    take_role,
    update_channel,
    update_server,
)
from guilds.models import Role
from guilds.permissions import Permission
from together import events
from together.testing.cast import Cast
from together.testing.gateway import act, run, token
from together.testing.resuming import announced, place_of, say, told
from together.testing.sockets import Site, opened


def test_texts_come_as_they_are_now_and_deleted_messages_not_at_all(site: Site, cast: Cast) -> None:
    async def story() -> None:
        place = await place_of(site, bob)
        first, second, _third = await say(cast, "frist", "regretted", "third")
        await act(edit_message, actor=cast.alice, message=first, content="first")
        await act(delete_message, actor=cast.alice, message=second)
        # What has no place in the log yet is told as news, with the text that it had.
        await announced()
        async with opened(site, bob, resume=place) as client:
            await say(cast, "end")
            assert await told(client, "end") == ["first", "third", "first", "MESSAGE_DELETE", "end"]

    bob = token(cast.bob)
    run(story())


def test_nothing_comes_from_a_channel_that_was_lost_and_everything_from_one_that_was_gained(
    site: Site, cast: Cast
) -> None:
    async def story() -> None:
        places = {person: await place_of(site, person) for person in (bob, charlie)}
        await act(send_message, actor=cast.alice, channel_id=cast.secret.pk, content="psst")
        await act(take_role, actor=cast.alice, member=bob_there, role=cast.moderator)
        await act(give_role, actor=cast.alice, member=charlie_there, role=cast.moderator)
        heard = {}
        for person, place in places.items():
            async with opened(site, person, resume=place) as client:
                await say(cast, last := uuid.uuid4().hex)
                names = await told(client, last)
                heard[person] = names, client.frames[1 + names.index("CHANNEL_LIST_SYNC")]
        assert "psst" not in heard[bob][0]
        assert "psst" in heard[charlie][0]
        # What they see now is said as well, without a place of its own: nothing else tells of it.
        names = {person: [channel["name"] for channel in sync["d"]["channels"]] for person, (_, sync) in heard.items()}
        assert names == {bob: ["general"], charlie: ["general", "secret"]}
        assert all("s" not in sync and sync["d"]["server_id"] == str(cast.server.pk) for _, sync in heard.values())

    bob_there, charlie_there = (find_member(cast.server, user.pk) for user in (cast.bob, cast.charlie))
    bob, charlie = token(cast.bob), token(cast.charlie)
    run(story())


def test_channels_that_came_and_went_are_in_the_list_that_is_told(site: Site, cast: Cast) -> None:
    async def story() -> None:
        place = await place_of(site, charlie)
        await act(create_channel, actor=cast.alice, server=cast.server, name="new", type="text", category="Fresh")
        await act(delete_channel, actor=cast.alice, channel=cast.general)
        await act(update_channel, actor=cast.alice, channel=cast.secret, topic="hidden")
        async with opened(site, charlie, resume=place) as client:
            sync = await client.until("CHANNEL_LIST_SYNC")
            assert [channel["name"] for channel in sync["d"]["channels"]] == ["new"]
            # Nothing that one sees is left in the one that was there.
            assert [category["name"] for category in sync["d"]["categories"]] == ["Fresh"]
            assert "hidden" not in str(client.frames)

    charlie = token(cast.charlie)
    run(story())


def test_who_was_thrown_out_meanwhile_learns_of_that_and_of_nothing_else(site: Site, cast: Cast) -> None:
    async def story() -> None:
        place = await place_of(site, charlie)
        await say(cast, "before")
        await act(kick_member, actor=cast.alice, server=cast.server, user=cast.charlie, reason="bye")
        await say(cast, "after")
        async with opened(site, charlie, resume=place) as client:
            assert client.frames[0]["d"]["servers"] == []
            assert (await client.next())["t"] == "MEMBER_KICK"
            await client.silence()

    charlie = token(cast.charlie)
    run(story())


def test_of_a_server_that_was_deleted_one_learns_that_it_is_gone(site: Site, cast: Cast) -> None:
    async def story() -> None:
        place = await place_of(site, charlie)
        await say(cast, "before")
        await act(delete_server, actor=cast.alice, server=cast.server)
        async with opened(site, charlie, resume=place) as client:
            assert (await client.next())["d"] == {"id": str(cast.server.pk)}
            await client.silence()

    charlie = token(cast.charlie)
    run(story())


def test_of_a_server_that_was_deleted_one_learns_in_its_turn(site: Site, cast: Cast) -> None:
    async def story() -> None:
        place = await place_of(site, charlie)
        await act(delete_server, actor=cast.mallory, server=other)
        await announced()
        await say(cast, "later")
        async with opened(site, charlie, resume=place) as client:
            await say(cast, "end")
            assert await told(client, "end") == ["SERVER_DELETE", "later", "end"]
            places = [int(frame["s"].partition(".")[2]) for frame in client.frames]
            assert places == sorted(places)

    other = create_server(actor=cast.mallory, name="Elsewhere")
    update_server(actor=cast.mallory, server=other, is_public=True)
    join_server(actor=cast.charlie, server_id=other.pk)
    events.drain()
    charlie = token(cast.charlie)
    run(story())


def test_a_stranger_is_told_nothing_whatever_place_they_name(site: Site, cast: Cast) -> None:
    async def story() -> None:
        place = await place_of(site, bob)
        await say(cast, "for members")
        await act(delete_server, actor=cast.alice, server=cast.server)
        async with opened(site, mallory, resume=place) as client:
            assert client.frames[0]["d"]["resumed"] is True
            await client.silence()

    bob, mallory = token(cast.bob), token(cast.mallory)
    run(story())


def test_what_was_told_before_one_joined_is_not_told_whatever_place_one_names(site: Site, cast: Cast) -> None:
    async def heard(person: str, place: str) -> list[str]:
        async with opened(site, person, resume=place) as client:
            await say(cast, last := uuid.uuid4().hex)
            return await told(client, last)

    async def story() -> None:
        place = await place_of(site, bob)
        await act(ban_user, actor=cast.alice, server=cast.server, user=cast.charlie, reason="between us")
        await act(join_server, actor=cast.mallory, server_id=cast.server.pk)
        await announced()
        names = await heard(mallory, place)
        assert "MEMBER_JOIN" in names
        assert "MEMBER_BAN" not in names
        assert "MEMBER_BAN" in await heard(bob, place)

    update_server(actor=cast.alice, server=cast.server, is_public=True)
    events.drain()
    bob, mallory = token(cast.bob), token(cast.mallory)
    run(story())


def test_an_invite_is_told_to_those_who_may_still_see_invites(site: Site, cast: Cast) -> None:
    async def heard(place: str) -> list[str]:
        async with opened(site, bob, resume=place) as client:
            with contextlib.suppress(TimeoutError):
                while True:
                    await client.next(0.3)
        return [frame["t"] for frame in client.frames]

    async def story() -> None:
        place = await place_of(site, bob)
        await act(create_invite, actor=cast.alice, server=cast.server)
        await announced()
        assert "INVITE_CREATE" in await heard(place)
        await act(take_role, actor=cast.alice, member=bob_there, role=cast.moderator)
        await announced()
        assert "INVITE_CREATE" not in await heard(place)
        await act(kick_member, actor=cast.alice, server=cast.server, user=cast.bob, reason=None)
        await announced()
        assert (await heard(place))[-1] == "MEMBER_KICK"

    Role.objects.filter(pk=cast.moderator.pk).update(permissions=F("permissions").bitor(int(Permission.CREATE_INVITES)))
    bob_there = find_member(cast.server, cast.bob.pk)
    bob = token(cast.bob)
    run(story())
