"""The one way in: log with the change, tell after its commit."""

from collections.abc import Iterable

from django.db import transaction

from together.events import announcer
from together.events.event import Event
from together.events.log import EventRecord

# Rows of one statement.
BATCH = 1000


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
    records = EventRecord.objects.bulk_create(
        [EventRecord(name=event.name, audiences=list(event.audiences), refs=event.refs) for event in published], BATCH
    )

    # Nested, not a partial: Django 5.2 raises inside its robust path when a callback has no `__qualname__`.
    def announce() -> None:
        for record, event in zip(records, published, strict=True):
            announcer.prepare(record.pk, event.build)

    if records:
        transaction.on_commit(announce, robust=True)
