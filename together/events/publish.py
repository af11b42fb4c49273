"""The one way in: log with the change, tell after its commit."""

from collections.abc import Iterable, Mapping
from typing import Any

from django.db import connection, transaction
from django.utils import timezone
from psycopg.types.json import Jsonb

from together.database.trip import Rows, trip
from together.events import announcer
from together.events.event import Event

# Rows of one statement.
BATCH = 1000
_INSERT = "INSERT INTO event_log (name, audiences, refs, created_at) VALUES {} RETURNING id"
_ROW = "(%s, %s, %s, %s)"
_ONE = _INSERT.format("(%(event)s, %(audiences)s, %(refs)s, %(published_at)s)")


def publish(event: Event, *first: str, values: Mapping[str, Any] | None = None, last: bool = False) -> list[Rows]:
    """Log an event in the current transaction and announce it after commit; a rollback is silent.

    Statements that come `first` are carried out in the same trip, with their values; returns the rows of each. With
    `last` it is the last that the transaction does (`together.database.trip`). Raises `RuntimeError` outside a
    transaction: an event apart from its change could lie.
    """
    _require_transaction()
    *results, ((id,),) = trip(*first, _ONE, values={**(values or {}), **_row(event)}, last=last)
    _announce_after_commit([id], [event])
    return results


def publish_all(events: Iterable[Event]) -> None:
    """The same for many at once, in their order."""
    _require_transaction()
    published = list(events)
    ids = [id for start in range(0, len(published), BATCH) for id in _log(published[start : start + BATCH])]
    if ids:
        _announce_after_commit(ids, published)


def _require_transaction() -> None:
    if not transaction.get_connection().in_atomic_block:
        raise RuntimeError("An event must be published in the transaction of its change.")


def _announce_after_commit(ids: list[int], published: list[Event]) -> None:
    # Nested, not a partial: Django 5.2 raises inside its robust path when a callback has no `__qualname__`.
    def announce() -> None:
        for id, event in zip(ids, published, strict=True):
            announcer.prepare(id, event.build)

    transaction.on_commit(announce, robust=True)


def _row(event: Event) -> dict[str, Any]:
    return {
        "event": event.name,
        "audiences": list(event.audiences),
        "refs": Jsonb(event.refs),
        "published_at": timezone.now(),
    }


def _log(published: list[Event]) -> list[int]:
    """Write their rows in one statement, which the ORM would take longer to write than PostgreSQL to carry out."""
    values = [row[name] for row in map(_row, published) for name in ("event", "audiences", "refs", "published_at")]
    with connection.cursor() as cursor:
        cursor.execute(_INSERT.format(", ".join([_ROW] * len(published))), values)
        return [id for (id,) in cursor.fetchall()]
