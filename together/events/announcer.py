"""One thread per process numbers what was committed and announces it, in order, off the request's path.

It wakes for each commit and once a second, so rows that a dead process left behind, or that a failing bus could not
take, are told by whoever is alive. A row counts as announced only when the bus has taken it.
"""

import logging
import threading
from collections.abc import Callable
from functools import partial

from django.conf import settings
from django.db import close_old_connections
from django.utils import timezone

from together import metrics
from together.events import bus
from together.events.event import Payload, rebuild
from together.events.log import EventRecord, announcing, is_pending
from together.events.replay import frame_of

log = logging.getLogger(__name__)

TICK = 1.0  # seconds
# Seconds in which what comes next is gathered: under load one round of statements serves many events.
GATHER = 0.02
BATCH = 500  # rows
# Payloads that are kept prepared; while the bus is down, what comes after them is built from the log once it is back.
MAX_PREPARED = 2000

_prepared: dict[int, Callable[[], Payload]] = {}
_wake = threading.Event()
_stopping = threading.Event()
_thread: threading.Thread | None = None
_starting = threading.Lock()


def prepare(record_id: int, build: Callable[[], Payload] | None) -> None:
    """A row has been committed in this process: keep how to build its payload, and wake the thread."""
    if build is not None and len(_prepared) < MAX_PREPARED:
        _prepared[record_id] = build
    if settings.ANNOUNCE_IN_THREAD:
        start()
    wake()


def wake() -> None:
    _wake.set()


def start() -> None:
    """Start this process's thread, if it does not run yet."""
    global _thread
    with _starting:
        if _thread is None or not _thread.is_alive():
            _stopping.clear()
            _thread = threading.Thread(target=_run, name="announcer", daemon=True)
            _thread.start()


def stop() -> None:
    """Announce what is left and end the thread."""
    _stopping.set()
    wake()
    if _thread is not None:
        _thread.join(timeout=10)


def drain() -> int:
    """Number and announce everything that is committed; returns how many rows were announced."""
    total = count = _announce()
    while count == BATCH:
        total += (count := _announce())
    return total


def _announce() -> int:
    with announcing(BATCH) as (life, records):
        if records:
            bus.send([frame_of(record, partial(_payload, record), life) for record in records])
            metrics.announced(len(records), (timezone.now() - records[0].created_at).total_seconds())
        else:
            # What another process announced was prepared in vain; what is dropped too early is built again.
            _prepared.clear()
    for record in records:
        _prepared.pop(record.pk, None)
    return len(records)


def _payload(record: EventRecord) -> Payload | None:
    prepared = _prepared.get(record.pk)
    return prepared() if prepared else rebuild(record.name, record.refs)


def _run() -> None:
    failing = stopping = False
    while not stopping:
        # One round more after the word to stop: what was committed meanwhile is told.
        stopping = _stopping.is_set()
        woken = stopping or _wake.wait(TICK)
        _wake.clear()
        try:
            if (woken or is_pending()) and drain():
                _stopping.wait(GATHER)
            failing = False
        except Exception as error:
            # Once for each time that something is away, not once a second.
            log.log(logging.DEBUG if failing else logging.WARNING, "Events wait to be announced: %r", error)
            failing = True
            _stopping.wait(TICK)
        finally:
            close_old_connections()
