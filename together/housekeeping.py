"""What is done now and then, off any request: one thread in each process, each job in one process at a time.

A module registers a job with `@every(seconds=…)`; its app imports it when it is ready.
"""

import logging
import threading
import time
import zlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TypeVar

from django.db import close_old_connections, connection

log = logging.getLogger(__name__)

Work = TypeVar("Work", bound=Callable[..., object])

# The first half of each lock's key; any constant that nothing else in this database uses for two-part keys.
_LOCKS = 0x686F7573


@dataclass
class Job:
    """Something to do every so many seconds. `due` is on the monotonic clock: the first time is at once."""

    work: Callable[[], object]
    seconds: float
    due: float = 0.0

    @property
    def name(self) -> str:
        return f"{self.work.__module__}.{self.work.__name__}"


_jobs: list[Job] = []
_stopping = threading.Event()
_thread: threading.Thread | None = None
_starting = threading.Lock()


def every(*, seconds: float) -> Callable[[Work], Work]:
    """Register a function without required parameters to be called every `seconds` while Together runs."""

    def register(work: Work) -> Work:
        _jobs.append(Job(work, seconds))
        return work

    return register


def start() -> None:
    """Start this process's thread, if it does not run yet."""
    global _thread
    with _starting:
        if _thread is None or not _thread.is_alive():
            _stopping.clear()
            _thread = threading.Thread(target=_run, name="housekeeping", daemon=True)
            _thread.start()


def stop() -> None:
    """End the thread. A job that is under way has 5 s to finish; every job can be cut off and goes on next time."""
    _stopping.set()
    if _thread is not None:
        _thread.join(timeout=5)


def run_due(jobs: list[Job]) -> None:
    """Do every job whose time has come, unless another process is at it. A job that fails is logged and tried again."""
    for job in jobs:
        if job.due <= time.monotonic() and not _stopping.is_set():
            job.due = time.monotonic() + job.seconds
            try:
                with _alone(job.name) as alone:
                    if alone:
                        job.work()
            except Exception:
                log.exception("%s failed; it is tried again in %s s", job.name, job.seconds)
            finally:
                close_old_connections()


def _run() -> None:
    while not _stopping.is_set():
        run_due(_jobs)
        _stopping.wait(max(0.0, min((job.due for job in _jobs), default=time.monotonic() + 1) - time.monotonic()))


@contextmanager
def _alone(name: str) -> Iterator[bool]:
    # 32 bits with a sign, as the second half of a key is.
    key = zlib.crc32(name.encode()) - 2**31
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_lock(%s, %s)", [_LOCKS, key])
        (alone,) = cursor.fetchone()
    try:
        yield alone
    finally:
        if alone:
            with connection.cursor() as cursor:
                cursor.execute("SELECT pg_advisory_unlock(%s, %s)", [_LOCKS, key])
