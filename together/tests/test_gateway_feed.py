"""The feed: each event once, in order, and whoever cannot know what they missed is sent away to come again."""

import asyncio
from collections.abc import Awaitable, Callable

from together.events import bus
from together.events.bus import Frame
from together.gateway.feed import Feed
from together.testing.gateway import run


def frame(number: int, life: str = "a") -> Frame:
    return Frame("TEST", ["user:x"], {}, None, life, number)


def hear(frames: list[Frame], handle: Callable[[Frame], Awaitable[None]] | None = None) -> tuple[list[str | None], int]:
    """What a feed makes of these frames: those it handled, and how often it sent everyone away."""
    handled: list[str | None] = []
    away: list[bool] = []

    async def note(one: Frame) -> None:
        handled.append(one.s)

    async def story() -> None:
        feed = Feed(handle or note, lambda: away.append(True))
        await feed.start()
        bus.send(frames)
        await asyncio.sleep(0.1)
        feed.stop()

    run(story())
    return handled, len(away)


def test_what_comes_twice_is_handled_once(transactional_db: None) -> None:
    assert hear([frame(1), frame(2), frame(1), frame(2), frame(3)]) == (["a.1", "a.2", "a.3"], 0)


def test_after_a_gap_everyone_comes_again(transactional_db: None) -> None:
    assert hear([frame(1), frame(3), frame(4)]) == (["a.1", "a.3", "a.4"], 1)


def test_another_life_of_the_log_is_a_gap_too(transactional_db: None) -> None:
    assert hear([frame(7), frame(1, "b"), frame(2, "b")]) == (["a.7", "b.1", "b.2"], 1)


def test_what_is_not_logged_passes(transactional_db: None) -> None:
    unlogged = Frame("TYPING_START", ["user:x"], {})
    assert hear([frame(1), unlogged, unlogged, frame(2)]) == (["a.1", None, None, "a.2"], 0)


def test_an_event_that_cannot_be_delivered_sends_everyone_away_and_the_next_goes_on(transactional_db: None) -> None:
    async def fail_on_the_first(one: Frame) -> None:
        if one.number == 1:
            raise ConnectionError
        handled.append(one.number)

    handled: list[int | None] = []
    assert hear([frame(1), frame(2)], fail_on_the_first)[1] == 1
    assert handled == [2]
