"""The one way in: log with the change, tell after its commit."""

from collections.abc import Iterable, Iterator
from itertools import chain
from typing import Any

from django.db import connection, transaction
from django.utils import timezone
from psycopg.types.json import Jsonb

from together.events import announcer
from together.events.event import Event

# Rows of one statement.
BATCH = 1000
_INSERT = "INSERT INTO event_log (name, audiences, refs, announced, created_at) VALUES {} RETURNING id"
_ROW = "(%s, %s, %s, false, %s)"


def publish(event: Event) -> None:
    """Log an event in the current transaction and announce it after commit; a rollback is silent.

    Raises `RuntimeError` outside a transaction: an event apart from its change could lie.
    """
    publish_all([event])


def publish_all(events: Iterable[Event]) -> None:
    """The same for many at once, in their order."""
    if not transaction.get_connection().in_atomic_block:
        raise RuntimeError("An event must be published in the transaction of its change.")
    published = list(events)
    ids = [id for start in range(0, len(published), BATCH) for id in _log(published[start : start + BATCH])]

    # Nested, not a partial: Django 5.2 raises inside its robust path when a callback has no `__qualname__`.
    def announce() -> None:
        for id, event in zip(ids, published, strict=True):
            announcer.prepare(id, event.build)

    if ids:
        transaction.on_commit(announce, robust=True)


def _log(published: list[Event]) -> list[int]:
    """Write their rows in one statement, which the ORM would take longer to write than PostgreSQL to carry out."""
    now = timezone.now()
    rows: Iterator[Any] = ((event.name, list(event.audiences), Jsonb(event.refs), now) for event in published)
    with connection.cursor() as cursor:
        cursor.execute(_INSERT.format(", ".join([_ROW] * len(published))), list(chain.from_iterable(rows)))
        return [id for (id,) in cursor.fetchall()]
