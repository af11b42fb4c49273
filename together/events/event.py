"""What an event is, whom it is for, and how it is built again when its process died before telling it."""

import uuid
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from django.db import InterfaceError, OperationalError
from psycopg_pool import PoolTimeout

Refs = dict[str, Any]

# The database went while an event was built, which says nothing of the event.
UNREACHABLE = (OperationalError, InterfaceError, PoolTimeout)


@dataclass(frozen=True)
class Payload:
    """What is sent: `d` as on the wire and, for our own pages, how the same thing is rendered for any viewer."""

    d: dict[str, Any]
    render: Callable[[], str] | None = None

    @cached_property
    def html(self) -> str | None:
        return self.render() if self.render else None


@dataclass(frozen=True, slots=True)
class Event:
    """Something that happened. `refs` (JSON) is all that the log keeps: enough to build the payload anew.

    `build` makes the payload from what the action has in hand, once and off the request's path.
    """

    name: str
    audiences: tuple[str, ...]
    refs: Refs = field(default_factory=dict)
    build: Callable[[], Payload] | None = None


Builder = Callable[[Refs], Payload | None]
BatchBuilder = Callable[[list[Refs]], list[Payload | None]]
_builders: dict[str, BatchBuilder] = {}


def builder(*names: str) -> Callable[[Builder], Builder]:
    """Register how the payload of these events is built from the present; None means nothing is left to tell."""

    def register(build: Builder) -> Builder:
        _builders.update(dict.fromkeys(names, lambda refs: [build(one) for one in refs]))
        return build

    return register


def batch_builder(*names: str) -> Callable[[BatchBuilder], BatchBuilder]:
    """The same for many events at once, in their order: for those that come in numbers."""

    def register(build: BatchBuilder) -> BatchBuilder:
        _builders.update(dict.fromkeys(names, build))
        return build

    return register


def rebuild(name: str, refs: Refs) -> Payload | None:
    """The payload of a logged event as of now. Without a builder the references are the payload."""
    return rebuild_all(name, [refs])[0]


def rebuild_all(name: str, refs: list[Refs]) -> list[Payload | None]:
    """The payloads of logged events of one name as of now."""
    build = _builders.get(name)
    return build(refs) if build else [Payload(one) for one in refs]


def channel(id: uuid.UUID) -> str:
    return f"channel:{id}"


def server(id: uuid.UUID) -> str:
    return f"server:{id}"


def user(id: uuid.UUID) -> str:
    return f"user:{id}"


def session(id: uuid.UUID) -> str:
    return f"session:{id}"
