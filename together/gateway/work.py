"""Database work for the event loop: on a few threads of its own, one hop for each event, never one for each socket."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import ParamSpec, TypeVar

from channels.db import database_sync_to_async

P = ParamSpec("P")
T = TypeVar("T")

# Not the one thread that all consumers would share by default (stack.md, section 4).
_threads = ThreadPoolExecutor(max_workers=4, thread_name_prefix="gateway")


async def in_database(function: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
    """Run a function that asks the database, and give its connection back."""
    run = database_sync_to_async(function, thread_sensitive=False, executor=_threads)
    return await run(*args, **kwargs)
