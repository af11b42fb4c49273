"""Things that happen at the same time, on real threads."""

import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from typing import TypeVar

from django.db import connection

T = TypeVar("T")

_WAITING = """
SELECT count(*) FROM pg_locks JOIN pg_stat_activity USING (pid) WHERE NOT granted AND datname = current_database()
"""


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


def wait_until_somebody_waits() -> None:
    """Until a statement of another connection waits for a lock."""
    for _time in range(500):
        with connection.cursor() as cursor:
            cursor.execute(_WAITING)
            if cursor.fetchone()[0]:
                return
        time.sleep(0.01)
    raise AssertionError("Nobody waits.")
