"""Things that happen at the same time, on real threads."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from typing import TypeVar

from django.db import connection

T = TypeVar("T")


def at_once(count: int, action: Callable[[int], T]) -> list[T]:
    """What `action(0)` to `action(count - 1)` answer, all begun in the same moment."""
    gate = Barrier(count)

    def run(number: int) -> T:
        gate.wait(timeout=10)
        try:
            return action(number)
        finally:
            connection.close()

    with ThreadPoolExecutor(count) as pool:
        return list(pool.map(run, range(count)))
