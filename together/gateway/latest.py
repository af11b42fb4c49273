"""Doing the latest of many, not all of them."""

import asyncio
import logging
from collections.abc import Awaitable, Callable
from typing import Generic, TypeVar

log = logging.getLogger(__name__)

T = TypeVar("T")


class Latest(Generic[T]):
    """Does something with the latest value, at most once in `pause` seconds. The last one is always done."""

    def __init__(self, act: Callable[[T], Awaitable[None]], pause: float) -> None:
        self._act = act
        self._pause = pause
        self._waiting: list[T] = []
        self._task: asyncio.Task[None] | None = None

    def put(self, value: T) -> None:
        """Take a value, in the place of one that waits."""
        self._waiting = [value]
        if self._task is None or self._task.done():
            self._task = asyncio.create_task(self._run())

    async def _run(self) -> None:
        while self._waiting:
            try:
                await self._act(self._waiting.pop())
            except Exception:
                log.exception("What a socket said could not be done")
            await asyncio.sleep(self._pause)
