"""The feed of a hub: every event of the instance, each once, in the order of the log."""

import asyncio
import contextlib
import logging
from collections.abc import Awaitable, Callable

from channels.layers import get_channel_layer
from django.conf import settings

from together import events
from together.events import bus
from together.events.bus import Frame
from together.gateway.work import in_database

log = logging.getLogger(__name__)

# Seconds that the start waits for Redis.
PATIENCE = 5.0


class Feed:
    """Hands frames to `handle`, strictly one after the other; calls `missed` when there is no telling what was lost."""

    def __init__(self, handle: Callable[[Frame], Awaitable[None]], missed: Callable[[], None]) -> None:
        self._handle = handle
        self._missed = missed
        self._inbox: asyncio.Queue[list[Frame]] = asyncio.Queue()
        self._tasks: list[asyncio.Task[None]] = []
        self._hearing = asyncio.Event()
        # The place in the log of the last frame that was handled.
        self._life: str | None = None
        self._number = 0

    async def start(self) -> None:
        """Begin to hear, on the running event loop."""
        self._loop = asyncio.get_running_loop()
        if settings.REDIS_URL:
            self._tasks.append(asyncio.create_task(self._hear_redis()))
            # No socket comes in before its news can; without Redis it comes in all the same.
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(self._hearing.wait(), PATIENCE)
        else:
            bus.listen(self._hear)
        self._life, self._number = await in_database(events.last_announced)
        self._tasks.append(asyncio.create_task(self._pump()))

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
        while True:
            try:
                name = await layer.new_channel()
                await layer.group_add(bus.GROUP, name)
                self._hearing.set()
                while True:
                    self._inbox.put_nowait(bus.received(await layer.receive(name)))
            except Exception:
                log.exception("The gateway lost Redis; it tries again")
                await asyncio.sleep(1)

    async def _pump(self) -> None:
        while True:
            for frame in await self._inbox.get():
                try:
                    if self._is_next(frame):
                        await self._handle(frame)
                except Exception:
                    log.exception("Event %s could not be delivered", frame.name)
                    self._missed()
            # A burst must not starve heartbeats.
            await asyncio.sleep(0)

    def _is_next(self, frame: Frame) -> bool:
        """Whether a frame is still to be handled: what the bus brings twice is not."""
        if frame.number is None:
            return True
        if frame.life == self._life and frame.number <= self._number:
            return False
        if self._life is not None and (frame.life, frame.number) != (self._life, self._number + 1):
            log.warning("Events before %s were missed", frame.s)
            self._missed()
        self._life, self._number = frame.life, frame.number
        return True
