"""From the announcer to the hubs: in this process by a call, in all processes by Redis when there is one.

The Redis message has the wire format of `channels_redis.pubsub` 4 (a test pins it): publishing it with the synchronous
client costs 0.3 ms, where `async_to_sync(group_send)` costs 4.2 ms from a thread (stack.md, section 3c).
"""

from collections.abc import Callable
from dataclasses import asdict, dataclass
from functools import cache
from typing import Any

import msgpack
import redis
from django.conf import settings

GROUP = "events"
_PREFIX = "together"


@dataclass(frozen=True, slots=True)
class Frame:
    """An event on its way to sockets, with its place in the log: which life of the log, and the number there.

    What is not logged has no place. Every number is sent, if only as `@nothing`, so that a hub sees when it missed one.
    """

    name: str
    audiences: list[str]
    d: dict[str, Any]
    html: str | None = None
    life: str | None = None
    number: int | None = None

    @property
    def s(self) -> str | None:
        """The place in the log, as clients see it."""
        return None if self.number is None else f"{self.life}.{self.number}"


class NobodyListensError(Exception):
    """No gateway hears Redis just now: it has only come back, or none runs."""


Listener = Callable[[list[Frame]], None]
# Each with whether it hands frames to pages.
_listeners: dict[Listener, Callable[[], bool]] = {}


def listen(listener: Listener, has_pages: Callable[[], bool] = lambda: True) -> None:
    """Hear every batch of frames announced in this process. It is called in the announcer's thread: hand over fast.

    While a listener has no pages, frames may come without HTML.
    """
    _listeners[listener] = has_pages


def unlisten(listener: Listener) -> None:
    _listeners.pop(listener, None)


def pages_listen() -> bool:
    """Whether anybody has a page open that hears of events. Behind Redis nobody knows, so it is taken for granted.

    A page counts before it reads what there is. So whatever was rendered for nobody is older than what it reads.
    """
    return bool(settings.REDIS_URL) or any(has_pages() for has_pages in list(_listeners.values()))


def send(frames: list[Frame]) -> None:
    """Hand frames to every process's hub, in order.

    Raises `redis.RedisError` when Redis is down, and `NobodyListensError` when no gateway is connected to it.
    """
    if settings.REDIS_URL:
        message = {"type": "deliver", "frames": [asdict(frame) for frame in frames]}
        if not _client(settings.REDIS_URL).publish(f"{_PREFIX}__group__{GROUP}", msgpack.packb(message)):
            raise NobodyListensError
        return
    for listener in list(_listeners):
        listener(frames)


def received(message: dict[str, Any]) -> list[Frame]:
    """The frames of a message that came over the channel layer."""
    return [Frame(**frame) for frame in message["frames"]]


@cache
def _client(url: str) -> redis.Redis:
    return redis.Redis.from_url(url, socket_timeout=5, socket_connect_timeout=5)
