"""The feed of a hub: every event of the instance, each once, in the order of the log.

The bus brings them fast; the log is the truth. What the bus lost, or has not brought for a while, is read from the log.
"""

import asyncio
import contextlib
import logging
import time
from collections.abc import Awaitable, Callable

from channels.layers import get_channel_layer
from django.conf import settings

from together import events
from together.events import bus, replay
from together.events.bus import Frame
from together.gateway.work import news

log = logging.getLogger(__name__)

# Seconds that the start waits for Redis, and until it is tried again.
PATIENCE = 5.0
PAUSE = 1.0
# Seconds between looks into the log: with two of them news comes within 5 s (threats.md), whatever became of the bus.
TICK = 2.0
# Events read from the log at once, and how many may be missing before everybody is asked to begin anew.
PAGE = 500
MAX_MISSING = 20_000
# Seconds after which a burst lets heartbeats and newcomers through.
TURN = 0.02


class Feed:
    """Hands frames to `handle`, strictly one after the other; calls `lost` when there is no telling what was missed.

    Calls `flush` before anything else gets its turn: until then, what was handled may wait to be written.
    """

    def __init__(
        self,
        handle: Callable[[Frame], Awaitable[None]],
        lost: Callable[[], None],
        has_pages: Callable[[], bool] = lambda: True,
        flush: Callable[[], None] = lambda: None,
    ) -> None:
        self._handle = handle
        self._lost = lost
        self._has_pages = has_pages
        self._flush = flush
        self._inbox: asyncio.Queue[list[Frame]] = asyncio.Queue()
        self._tasks: list[asyncio.Task[None]] = []
        self._hearing = asyncio.Event()
        # The life of the log, and the number of the last frame that was handled.
        self.life = ""
        self.number = 0
        # That place at the last look, if there was more in the log already.
        self._behind: tuple[str, int] | None = None

    async def start(self) -> None:
        """Begin to hear, on the running event loop."""
        self._loop = asyncio.get_running_loop()
        if settings.REDIS_URL:
            self._tasks.append(asyncio.create_task(self._hear_redis()))
            # No socket comes in before its news can; without Redis it comes in all the same.
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(self._hearing.wait(), PATIENCE)
        else:
            bus.listen(self._hear, self._has_pages)
        self.life, self.number = await news(events.last_announced)
        self._tasks.append(asyncio.create_task(self._pump()))

    @property
    def place(self) -> tuple[str, int]:
        return self.life, self.number

    def stop(self) -> None:
        bus.unlisten(self._hear)
        for task in self._tasks:
            task.cancel()

    def _hear(self, frames: list[Frame]) -> None:
        # In the announcer's thread.
        self._loop.call_soon_threadsafe(self._inbox.put_nowait, frames)

    async def _hear_redis(self) -> None:
        layer = get_channel_layer()
        assert layer is not None  # noqa: S101
        # The same one again: what is sent to everybody would fill one that nobody empties any more.
        mailbox = ""
        while True:
            try:
                mailbox = mailbox or await layer.new_channel()
                await layer.group_add(bus.GROUP, mailbox)
                self._hearing.set()
                while True:
                    self._inbox.put_nowait(bus.received(await layer.receive(mailbox)))
            except Exception:
                log.exception("The gateway lost Redis; it tries again")
                await asyncio.sleep(PAUSE)

    async def _pump(self) -> None:
        looked = time.monotonic()
        while True:
            frames = await self._next()
            await self._take(frames)
            if time.monotonic() - looked > TICK:
                await self._look()
                looked = time.monotonic()
            await asyncio.sleep(0)

    async def _next(self) -> list[Frame]:
        """All that waits."""
        try:
            frames = [*await asyncio.wait_for(self._inbox.get(), TICK)]
        except TimeoutError:
            return []
        while not self._inbox.empty():
            frames += self._inbox.get_nowait()
        return frames

    async def _take(self, frames: list[Frame]) -> None:
        began = time.monotonic()
        for frame in frames:
            try:
                if await self._is_next(frame):
                    await self._handle(frame)
            except Exception:
                log.exception("Event %s could not be delivered", frame.name)
                self._lost()
            if time.monotonic() - began > TURN:
                self._flush()
                await asyncio.sleep(0)
                began = time.monotonic()
        self._flush()

    async def _is_next(self, frame: Frame) -> bool:
        """Whether a frame is still to be handled: what the bus brings twice is not. A gap before it is filled."""
        if frame.number is None:
            return True
        if frame.life == self.life and frame.number <= self.number:
            return False
        if frame.life != self.life or frame.number != self.number + 1:
            await self._fill(str(frame.life), frame.number - 1)
        self.life, self.number = str(frame.life), frame.number
        return True

    async def _look(self) -> None:
        """Read what the bus has not brought since the last look."""
        try:
            there = await news(events.position)
            if there != self.place and self._behind == self.place:
                await self._fill(*there)
            self._behind = None if there == self.place else self.place
        except Exception as error:
            log.warning("The log cannot be read just now: %r", error)

    async def _fill(self, life: str, last: int) -> None:
        """Handle what is missing up to a place in the log; where that cannot be had, everybody begins anew."""
        self._flush()
        if life == self.life and 0 < last - self.number <= MAX_MISSING:
            log.info("Events %d to %d are read from the log", self.number + 1, last)
            while self.number < last:
                frames = await news(replay.between, self.number, min(self.number + PAGE, last))
                if frames is None:
                    break
                await self._take(frames)
        if (life, last) != self.place:
            log.warning("Events before %s.%d were missed", life, last)
            self.life, self.number = life, last
            self._lost()
