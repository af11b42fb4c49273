"""The one way in: log with the change, tell after its commit."""

from django.db import transaction

from together.events import announcer
from together.events.event import Event
from together.events.log import EventRecord


def publish(event: Event) -> None:
    """Log an event in the current transaction and announce it after commit; a rollback is silent.

    Raises `RuntimeError` outside a transaction: an event apart from its change could lie.
    """
    if not transaction.get_connection().in_atomic_block:
        raise RuntimeError("An event must be published in the transaction of its change.")
    record = EventRecord.objects.create(name=event.name, audiences=list(event.audiences), refs=event.refs)

    # Nested, not a partial: Django 5.2 raises inside its robust path when a callback has no `__qualname__`.
    def announce() -> None:
        announcer.prepare(record.pk, event.build)

    transaction.on_commit(announce, robust=True)
