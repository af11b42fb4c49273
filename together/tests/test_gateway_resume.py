"""Coming back: everything that was missed, in order, exactly once."""

import asyncio
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from accounts.actions import sign_in
from chat.actions import send_message
from together import events
from together.events import replay
from together.events.log import EventClock, EventRecord
from together.gateway import arrival, reach
from together.testing.cast import Cast
from together.testing.gateway import act, run, token
from together.testing.resuming import announced, place_of, resumes, say, told
from together.testing.sockets import Site, opened

NOWHERE = ["", "0", "x" * 3000, "0" * 32 + ".1", "0" * 32 + ".-1", "%00.1", "1.1.1", "9" * 40]


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
    async def story() -> None:
        place = await place_of(site, bob)
        life, number = place.split(".")
        await say(cast, "one", "two")
        await announced()
        assert await resumes(site, bob, place)
        assert not await resumes(site, bob, f"{life}.{int(number) + 100}")
        await act(EventRecord.objects.filter(number=int(number) + 1).delete)
        assert not await resumes(site, bob, place)
        assert await resumes(site, bob, f"{life}.{int(number) + 1}")
        await act(EventClock.objects.update, generation="0" * 32)
        assert not await resumes(site, bob, f"{life}.{int(number) + 1}")

    bob = token(cast.bob)
    run(story())


def test_too_much_is_not_told_anew(site: Site, cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    async def story() -> None:
        place = await place_of(site, bob)
        await say(cast, "one", "two", "three")
        assert await resumes(site, bob, place)
        await say(cast, *map(str, range(10)))
        await announced()
        assert not await resumes(site, bob, place)

    monkeypatch.setattr(replay.missed, "__defaults__", (10,))
    bob = token(cast.bob)
    run(story())


def test_who_was_told_a_lot_lately_begins_afresh_and_holds_up_nobody(site: Site, cast: Cast, settings: Any) -> None:
    async def story() -> None:
        place = await place_of(site, bob)
        await say(cast, "one", "two")
        await announced()
        assert [await resumes(site, bob, place) for _time in range(2)] == [True, False]
        assert await resumes(site, charlie, place)

    settings.RATE_LIMITS = {"resume": "3/minute"}
    bob, charlie = token(cast.bob), token(cast.charlie)
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
        hub._access_changed[events.server(cast.server.pk)] = 10**9
        async with opened(site, bob, ready=False) as client:
            return await client.closed()

    monkeypatch.setattr(arrival, "ATTEMPTS", 2)
    bob = token(cast.bob)
    assert run(story()) == 1012


def test_what_was_missed_takes_as_many_queries_however_much_it_is(cast: Cast) -> None:
    def queries(count: int) -> int:
        life, number = events.position()
        for one in range(count):
            send_message(actor=cast.alice, channel_id=cast.general.pk, content=f"message {one}")
        events.drain()
        with CaptureQueriesContext(connection) as captured:
            view = reach.view(cast.bob.pk, session.pk, f"{life}.{number}")
        assert view is not None
        assert len(view.missed or []) == count
        return len(captured)

    session, _refresh = sign_in(user=cast.bob)
    assert queries(1) == queries(20)


def test_what_is_forgotten_by_another_thread_is_built_again(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    class Forgetful(dict[int, Any]):
        """Another thread clears it right after it was looked into."""

        def __contains__(self, key: object) -> bool:
            found = super().__contains__(key)
            self.clear()
            return found

    life, number = events.position()
    send_message(actor=cast.alice, channel_id=cast.general.pk, content="one")
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
            hub._access_changed[events.server(cast.server.pk)] = 10**9
            await act(EventClock.objects.update, generation="0" * 32)
            await say(cast, "after")
            assert await client.closed() == 1012
        async with opened(site, bob) as client:
            await say(cast, "again")
            return bool(await told(client, "again"))

    bob = token(cast.bob)
    assert run(story())
