"""News that nobody has to hear: told at once, never logged, and lost where nobody is there to hear it."""

import logging
import queue
import threading

import redis
from django.conf import settings
from django.db import transaction

from together.events import bus
from together.events.event import Event, Payload

log = logging.getLogger(__name__)

# Frames that wait for Redis; beyond them the newest are lost.
MAX_WAITING = 1000

_waiting: queue.Queue[bus.Frame] = queue.Queue(MAX_WAITING)
_thread: threading.Thread | None = None
_starting = threading.Lock()


def tell(event: Event) -> None:
    """Tell of something ephemeral, after commit where there is a transaction. Call from a thread; it never waits."""

    def hand_over() -> None:
        payload = event.build() if event.build else Payload(event.refs)
        _send(bus.Frame(event.name, list(event.audiences), payload.d, payload.html))

    transaction.on_commit(hand_over, robust=True)


def _send(frame: bus.Frame) -> None:
    if not settings.REDIS_URL:
        bus.send([frame])
        return
    # A Redis that does not answer would hold up whoever tells for seconds.
    _start()
    try:
        _waiting.put_nowait(frame)
    except queue.Full:
        log.warning("Too much waits for Redis: %s is lost", frame.name)


def _start() -> None:
    global _thread
    with _starting:
        if _thread is None or not _thread.is_alive():
            _thread = threading.Thread(target=_run, name="ephemeral", daemon=True)
            _thread.start()


def _run() -> None:
    while True:
        frame = _waiting.get()
        try:
            bus.send([frame])
        except (redis.RedisError, bus.NobodyListensError) as error:
            log.debug("%s is lost: %r", frame.name, error)
