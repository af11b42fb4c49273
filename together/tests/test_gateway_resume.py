"""Coming back: everything that was missed, in order, exactly once, filtered by what one may see now."""

import asyncio
import contextlib
import uuid
from typing import Any

import pytest
from django.db import connection
from django.db.models import F
from django.test.utils import CaptureQueriesContext

from accounts.actions import sign_in
from chat.actions import delete_message, edit_message, send_message
from guilds.access import find_member
from guilds.actions import (
    ban_user,
    create_channel,
    create_invite,
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
from together.events import replay
from together.events.log import EventClock, EventRecord
from together.gateway import arrival, reach
from together.testing.cast import Cast
from together.testing.gateway import act, run, token
from together.testing.sockets import Client, Site, opened

NOWHERE = ["", "0", "x" * 3000, "0" * 32 + ".1", "0" * 32 + ".-1", "%00.1", "1.1.1", "9" * 40]


async def place_of(site: Site, person: str) -> str:
    """Where somebody was when they went away."""
    async with opened(site, person) as client:
        return str(client.frames[0]["s"])


async def say(cast: Cast, *words: str) -> list[Any]:
    return [await act(send_message, actor=cast.alice, channel=cast.general, content=word) for word in words]


async def announced() -> None:
    """Wait until everything that has happened has its place."""
    async with asyncio.timeout(5):
        while await act(EventRecord.objects.filter(announced=False).exists):
            await asyncio.sleep(0.02)


async def told(client: Client, last: str) -> list[str]:
    """What a socket is told, up to a message that ends it: names of events, and of messages the text."""
    frames: list[dict[str, Any]] = []
    while not frames or frames[-1]["d"].get("content") != last:
        frames.append(await client.next())
    return [frame["d"].get("content", frame["t"]) for frame in frames]


def test_what_was_missed_comes_in_order_once_and_then_what_is_new(site: Site, cast: Cast) -> None:
    async def story() -> None:
        async with opened(site, bob) as client:
            await say(cast, "zero")
            place = (await client.until("MESSAGE_CREATE"))["s"]
        await say(cast, "one", "two", "three")
        async with opened(site, bob, resume=place) as client:
            assert client.frames[0]["d"]["resumed"] is True
            await say(cast, "four")
            assert await told(client, "four") == ["one", "two", "three", "four"]
            places = [frame["s"] for frame in client.frames]
            assert places[0] == place, "who is cut off after READY has still missed what follows it"
        async with opened(site, bob, resume=places[2]) as client:
            await say(cast, "five")
            assert await told(client, "five") == ["three", "four", "five"]

    bob = token(cast.bob)
    run(story())


def test_ready_is_a_place_to_come_back_to_before_anything_was_heard(site: Site, cast: Cast) -> None:
    async def story() -> None:
        place = await place_of(site, bob)
        await say(cast, "missed")
        async with opened(site, bob, resume=place) as client:
            assert client.frames[0]["d"]["resumed"] is True
            assert await told(client, "missed") == ["missed"]

    bob = token(cast.bob)
    run(story())


@pytest.mark.parametrize("place", NOWHERE)
def test_a_place_that_is_none_means_to_start_afresh(site: Site, cast: Cast, place: str) -> None:
    async def story() -> None:
        await say(cast, "before")
        async with opened(site, bob, resume=place) as client:
            assert client.frames[0]["d"]["resumed"] is False
            await say(cast, "after")
            assert (await told(client, "after"))[-1] == "after"

    bob = token(cast.bob)
    run(story())


def test_what_is_forgotten_ahead_or_of_another_life_of_the_log_cannot_be_resumed(site: Site, cast: Cast) -> None:
    async def resumed(place: str) -> bool:
        async with opened(site, bob, resume=place) as client:
            return bool(client.frames[0]["d"]["resumed"])

    async def story() -> None:
        place = await place_of(site, bob)
        life, number = place.split(".")
        await say(cast, "one", "two")
        await announced()
        assert await resumed(place)
        assert not await resumed(f"{life}.{int(number) + 100}")
        await act(EventRecord.objects.filter(number=int(number) + 1).delete)
        assert not await resumed(place)
        assert await resumed(f"{life}.{int(number) + 1}")
        await act(EventClock.objects.update, generation="0" * 32)
        assert not await resumed(f"{life}.{int(number) + 1}")

    bob = token(cast.bob)
    run(story())


def test_too_much_is_not_told_anew(site: Site, cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    async def resumed(place: str) -> bool:
        async with opened(site, bob, resume=place) as client:
            return bool(client.frames[0]["d"]["resumed"])

    async def story() -> None:
        place = await place_of(site, bob)
        await say(cast, "one", "two", "three")
        assert await resumed(place)
        await say(cast, *map(str, range(10)))
        await announced()
        assert not await resumed(place)

    monkeypatch.setattr(replay.missed, "__defaults__", (10,))
    bob = token(cast.bob)
    run(story())


def test_texts_come_as_they_are_now_and_deleted_messages_not_at_all(site: Site, cast: Cast) -> None:
    async def story() -> None:
        place = await place_of(site, bob)
        first, second, _third = await say(cast, "frist", "regretted", "third")
        await act(edit_message, actor=cast.alice, message=first, content="first")
        await act(delete_message, actor=cast.alice, message=second)
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
        await act(send_message, actor=cast.alice, channel=cast.secret, content="psst")
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
        await act(create_channel, actor=cast.alice, server=cast.server, name="new", type="text")
        await act(delete_channel, actor=cast.alice, channel=cast.general)
        await act(update_channel, actor=cast.alice, channel=cast.secret, topic="hidden")
        async with opened(site, charlie, resume=place) as client:
            sync = await client.until("CHANNEL_LIST_SYNC")
            assert [channel["name"] for channel in sync["d"]["channels"]] == ["new"]
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


def test_what_the_log_told_is_not_told_again_by_the_bus(
    site: Site, cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The hub is behind the log: what the newcomer has from the log comes to it later."""

    async def story() -> None:
        place = await place_of(site, bob)
        hub = site.application.hub
        assert hub is not None
        monkeypatch.setattr(hub._feed, "_take", hold)
        await say(cast, "one", "two")
        async with asyncio.timeout(5):
            while sum(frame.name == "MESSAGE_CREATE" for frames in held for frame in frames) < 2:
                await asyncio.sleep(0.02)
        async with opened(site, bob, resume=place) as client:
            assert await told(client, "two") == ["one", "two"]
            monkeypatch.undo()
            for frames in held:
                await hub._feed._take(frames)
            await say(cast, "three")
            assert await told(client, "three") == ["three"]

    async def hold(frames: list[Any]) -> None:
        held.append(frames)

    held: list[list[Any]] = []
    bob = token(cast.bob)
    run(story())


def test_while_access_keeps_changing_nobody_is_let_in_with_what_was_true_before(
    site: Site, cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def story() -> int | None:
        hub = site.application.hub
        assert hub is not None
        hub.access_changed = 10**9
        async with opened(site, bob, ready=False) as client:
            return await client.closed()

    monkeypatch.setattr(arrival, "ATTEMPTS", 2)
    bob = token(cast.bob)
    assert run(story()) == 1012


def test_what_was_missed_takes_as_many_queries_however_much_it_is(cast: Cast) -> None:
    def queries(count: int) -> int:
        life, number = events.position()
        for one in range(count):
            send_message(actor=cast.alice, channel=cast.general, content=f"message {one}")
        events.drain()
        with CaptureQueriesContext(connection) as captured:
            view = reach.view(cast.bob.pk, session.pk, f"{life}.{number}")
        assert view is not None
        assert len(view.missed or []) == count
        return len(captured)

    session, _refresh = sign_in(user=cast.bob)
    assert queries(1) == queries(20)


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


def test_what_is_forgotten_by_another_thread_is_built_again(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    class Forgetful(dict[int, Any]):
        """Another thread clears it right after it was looked into."""

        def __contains__(self, key: object) -> bool:
            found = super().__contains__(key)
            self.clear()
            return found

    life, number = events.position()
    send_message(actor=cast.alice, channel=cast.general, content="one")
    events.drain()
    monkeypatch.setattr(replay, "_kept", Forgetful())
    for _again in range(2):
        missed = replay.missed(f"{life}.{number}", [events.channel(cast.general.pk)])
        assert missed is not None
        assert [frame.d["content"] for frame in missed.frames] == ["one"]


def test_after_a_backup_was_restored_people_are_let_in_though_numbers_are_lower(site: Site, cast: Cast) -> None:
    async def story() -> bool:
        hub = site.application.hub
        assert hub is not None
        async with opened(site, bob) as client:
            hub.access_changed = 10**9
            await act(EventClock.objects.update, generation="0" * 32)
            await say(cast, "after")
            assert await client.closed() == 1012
        async with opened(site, bob) as client:
            await say(cast, "again")
            return bool(await told(client, "again"))

    bob = token(cast.bob)
    assert run(story())
