"""Database work for the event loop: one hop for each event, never one for each socket."""

import asyncio
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import ParamSpec, TypeVar

from channels.db import database_sync_to_async

P = ParamSpec("P")
T = TypeVar("T")


class Lane:
    """A few threads for one kind of work, so that a crowd of one kind holds up no other.

    All consumers would share a single thread by default (stack.md, section 4). Call it with a function that asks the
    database and its arguments; the connection is given back afterwards.
    """

    def __init__(self, name: str, *, threads: int, deadline: float | None = None) -> None:
        """With a `deadline` in seconds, waiting for a thread included, work that takes longer raises `TimeoutError`."""
        self._threads = ThreadPoolExecutor(threads, thread_name_prefix=name)
        self._deadline = deadline

    async def __call__(self, function: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
        run = database_sync_to_async(function, thread_sensitive=False, executor=self._threads)
        return await asyncio.wait_for(run(*args, **kwargs), self._deadline)


# What everybody waits for: the next event. The hub does one thing at a time.
news = Lane("news", threads=1)
# Handshakes, which cost little each; answered within 10 s even if the database says nothing (threats.md).
door = Lane("door", threads=1, deadline=9.0)
# What people wait for who come in, and what they say. Few, so that a crowd leaves processor time to requests.
people = Lane("people", threads=2)
