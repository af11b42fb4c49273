"""The feed: each event once, in order; what the bus loses is read from the log, or else everybody comes again."""

import asyncio
import contextlib
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import asdict
from typing import Any

import pytest
from channels.layers import get_channel_layer

from together import events
from together.events import bus
from together.events.bus import Frame
from together.events.log import EventClock, EventRecord
from together.gateway import feed as module
from together.gateway.feed import Feed
from together.testing.gateway import act, run

Handle = Callable[[Frame], Awaitable[None]]


@pytest.fixture
def life(transactional_db: None) -> str:
    return events.position()[0]


def frame(number: int, life: str) -> Frame:
    return Frame("TEST", ["user:x"], {}, None, life, number)


def logged(numbers: list[int], *, announced: bool = False) -> None:
    for number in numbers:
        EventRecord.objects.create(name="LOGGED", audiences=["user:x"], refs={"n": number}, number=number)
    last = max(numbers)
    EventClock.objects.update(number=last, **({"announced": last} if announced else {}))


@contextlib.asynccontextmanager
async def running(feed: Feed) -> AsyncIterator[None]:
    await feed.start()
    try:
        yield
    finally:
        feed.stop()


def hear(*batches: list[Frame], handle: Handle | None = None, wait: float = 0.1) -> tuple[list[str | None], int]:
    """What a feed makes of these frames: those it handled, and how often it sent everyone away."""
    handled: list[str | None] = []
    away: list[bool] = []

    async def note(one: Frame) -> None:
        handled.append(one.s.split(".")[1] if one.s else None)

    async def story() -> None:
        async with running(Feed(handle or note, lambda: away.append(True))):
            for frames in batches:
                bus.send(frames)
            await asyncio.sleep(wait)

    run(story())
    return handled, len(away)


def test_what_comes_twice_is_handled_once(life: str) -> None:
    assert hear([frame(number, life) for number in (1, 2, 1, 2, 3)]) == (["1", "2", "3"], 0)


def test_a_gap_is_filled_from_the_log(life: str) -> None:
    logged([1, 2, 3, 4, 5])
    assert hear([frame(1, life)], [frame(5, life), frame(4, life)]) == (["1", "2", "3", "4", "5"], 0)


def test_a_gap_that_the_log_cannot_fill_sends_everyone_away(life: str) -> None:
    logged([1, 2])
    assert hear([frame(1, life), frame(4, life), frame(5, life)]) == (["1", "4", "5"], 1)


def test_more_than_can_be_read_sends_everyone_away(life: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "MAX_MISSING", 1)
    logged([1, 2])
    assert hear([frame(3, life)]) == (["3"], 1)


def test_another_life_of_the_log_sends_everyone_away(life: str) -> None:
    assert hear([frame(1, life), frame(1, "another"), frame(2, "another")]) == (["1", "1", "2"], 1)


def test_what_the_bus_never_brings_is_read_from_the_log(life: str, monkeypatch: pytest.MonkeyPatch) -> None:
    async def story() -> list[int | None]:
        handled: list[int | None] = []

        async def note(one: Frame) -> None:
            handled.append(one.number)

        async with running(Feed(note, lambda: handled.append(None))), asyncio.timeout(5):
            await act(logged, numbers=[1, 2, 3, 4, 5], announced=True)
            while len(handled) < 5:
                await asyncio.sleep(0.02)
            bus.send([frame(5, life), frame(6, life)])
            await asyncio.sleep(0.1)
        return handled

    monkeypatch.setattr(module, "TICK", 0.05)
    monkeypatch.setattr(module, "PAGE", 2)
    assert run(story()) == [1, 2, 3, 4, 5, 6]


def test_a_log_that_cannot_be_read_is_read_again(life: str, monkeypatch: pytest.MonkeyPatch) -> None:
    failures = iter([ConnectionError, ConnectionError])
    position = events.position

    def failing() -> tuple[str, int]:
        for failure in failures:
            raise failure
        return position()

    async def story() -> list[int | None]:
        handled: list[int | None] = []

        async def note(one: Frame) -> None:
            handled.append(one.number)

        async with running(Feed(note, lambda: handled.append(None))), asyncio.timeout(5):
            monkeypatch.setattr(events, "position", failing)
            await act(logged, numbers=[1], announced=True)
            while not handled:
                await asyncio.sleep(0.02)
        return handled

    monkeypatch.setattr(module, "TICK", 0.05)
    assert run(story()) == [1]


def test_a_message_of_redis_that_cannot_be_read_is_passed_over(
    life: str, monkeypatch: pytest.MonkeyPatch, settings: Any
) -> None:
    """As another version of Together may send it; the mailbox stays the same, since each is filled for ever."""
    monkeypatch.setattr(module, "PAUSE", 0.01)
    settings.REDIS_URL = "redis://the layer in memory stands for it"
    handled: list[str] = []

    async def note(one: Frame) -> None:
        handled.append(one.name)

    async def story() -> int:
        layer = get_channel_layer()
        assert layer is not None
        async with running(Feed(note, lambda: None)), asyncio.timeout(5):
            for said in ({"another": "shape"}, {"frames": [asdict(Frame("TYPING_START", ["user:x"], {}))]}):
                await layer.group_send(bus.GROUP, {"type": "deliver", **said})
            while not handled:
                await asyncio.sleep(0.02)
            return len(layer.groups[bus.GROUP])

    assert (run(story()), handled) == (1, ["TYPING_START"])


def test_what_is_not_logged_passes(life: str) -> None:
    unlogged = Frame("TYPING_START", ["user:x"], {})
    assert hear([frame(1, life), unlogged, unlogged, frame(2, life)]) == (["1", None, None, "2"], 0)


def test_an_event_that_cannot_be_delivered_sends_everyone_away_and_the_next_goes_on(life: str) -> None:
    async def fail_on_the_first(one: Frame) -> None:
        if one.number == 1:
            raise ConnectionError
        handled.append(one.number)

    handled: list[int | None] = []
    assert hear([frame(1, life), frame(2, life)], handle=fail_on_the_first)[1] == 1
    assert handled == [2]


def test_a_start_with_a_forgotten_log_sends_nobody_away(life: str) -> None:
    EventClock.objects.update(number=41, announced=41)
    assert hear([frame(42, life)]) == (["42"], 0)


def test_a_start_waits_for_what_was_numbered_and_not_told(life: str) -> None:
    logged([40], announced=True)
    logged([41, 42])
    assert events.last_announced() == (life, 40)
