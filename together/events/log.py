"""The event log: what makes the gateway a hint and PostgreSQL the truth (design.md, section 5).

A row is written in the transaction of the change that it tells of, without a number. Numbers are given after commit,
contiguously and in the order in which rows became visible, so a gap always means something was missed.
"""

import json
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.utils import timezone

from together.database.trip import trip


class EventRecord(models.Model):
    """One durable event: references and small facts; what is sent is built from the present."""

    number = models.BigIntegerField(null=True, unique=True)
    name = models.CharField(max_length=40)
    audiences = ArrayField(models.CharField(max_length=80))
    refs = models.JSONField(default=dict)
    announced = models.BooleanField(default=False)
    created_at = models.DateTimeField(default=timezone.now)

    class Meta:
        db_table = "event_log"
        indexes = [
            models.Index("id", name="idx_event_log_pending", condition=models.Q(announced=False)),
            models.Index("created_at", name="idx_event_log_created_at"),
        ]

    def __str__(self) -> str:
        return f"{self.number}: {self.name}"


class EventClock(models.Model):
    """The one row that knows the last number given, and of which life of the log: a restored backup starts another."""

    generation = models.UUIDField(default=uuid.uuid4)
    number = models.BigIntegerField(default=0)

    class Meta:
        db_table = "event_clock"
        constraints = [models.CheckConstraint(condition=models.Q(id=1), name="event_clock_is_one_row")]

    def __str__(self) -> str:
        return f"{self.generation.hex}.{self.number}"


# One statement: a number that is given is a number that is stored. The clock's row lock keeps two at a time apart.
_NUMBER = """
WITH fresh AS (SELECT id, row_number() OVER (ORDER BY id) AS place FROM event_log WHERE number IS NULL),
     clock AS (INSERT INTO event_clock (id, generation, number)
               SELECT 1, gen_random_uuid(), count(*) FROM fresh HAVING count(*) > 0
               ON CONFLICT (id) DO UPDATE SET number = event_clock.number + excluded.number
               RETURNING number - (SELECT count(*) FROM fresh) AS base)
UPDATE event_log SET number = clock.base + fresh.place FROM fresh, clock WHERE event_log.id = fresh.id
"""

# Milliseconds after which PostgreSQL takes the lock from a frozen process (Redis is waited for up to 10 s). Hubs
# take once what is told twice by that.
PATIENCE = 15_000

# Asked for every message: the ORM would take longer to write these than PostgreSQL to answer.
_IS_PENDING = "SELECT 1 FROM event_log WHERE NOT announced LIMIT 1"
_PENDING = """
SELECT id, number, name, audiences, refs, created_at FROM event_log
WHERE NOT announced AND number IS NOT NULL ORDER BY number LIMIT %(limit)s
"""
_POSITION = "SELECT generation, number FROM event_clock WHERE id = 1"
# Not waited for on the disk: what a crash takes of it is announced again, and hubs take it once.
_HURRY = "SET LOCAL synchronous_commit = off"
_NOTE_ANNOUNCED = "UPDATE event_log SET announced = true WHERE NOT announced AND number <= %(number)s"
# Held from the numbering until it is noted that all are announced, so that two processes cannot announce 2 before 1.
# Any constant will do, as long as nothing else in this database locks the same.
_LOCK = "SET idle_session_timeout = %(patience)s", f"SELECT pg_advisory_lock({0x70_67_65_76})"
_UNLOCK = f"SELECT pg_advisory_unlock({0x70_67_65_76})", "RESET idle_session_timeout"


def is_pending() -> bool:
    """Whether a committed event waits to be announced."""
    (rows,) = trip(_IS_PENDING, values={})
    return bool(rows)


@contextmanager
def announcing(limit: int) -> Iterator[tuple[str, list[EventRecord]]]:
    """Give every committed row that has none its number, and take the next events to be announced, in their order.

    Yields them with the life of the log, and nobody else announces meanwhile. They are taken for announced unless the
    block raises.
    """
    try:
        values = {"limit": limit, "patience": PATIENCE}
        *_locked, _numbered, rows, clock = trip(*_LOCK, _NUMBER, _PENDING, _POSITION, values=values)
        yield clock[0][0].hex if clock else "", [_record(*row) for row in rows]
        if rows:
            # A trip of its own: it must be committed before anybody else is let in.
            trip(_HURRY, _NOTE_ANNOUNCED, values={"number": rows[-1][1]})
    finally:
        trip(*_UNLOCK, values={})


def position() -> tuple[str, int]:
    """The place in the log up to which events have their numbers: the life of the log, and the last number."""
    (rows,) = trip(_POSITION, values={})
    if not rows:
        clock = EventClock.objects.get_or_create(pk=1)[0]
        return clock.generation.hex, clock.number
    life, number = rows[0]
    return life.hex, number


def place() -> str:
    """The same as clients know it, to begin from: who reads it first and then anything else has missed nothing."""
    life, number = position()
    return f"{life}.{number}"


def last_announced() -> tuple[str, int]:
    """The place in the log up to which everything has been told."""
    life, numbered = position()
    # Asked for what waits, not for what was told: that may be forgotten already.
    first = EventRecord.objects.filter(announced=False).aggregate(first=models.Min("number"))["first"]
    return life, numbered if first is None else min(numbered, first - 1)


def _record(id: int, number: int, name: str, audiences: list[str], refs: str, created_at: datetime) -> EventRecord:
    # Without the ORM, JSON comes as text.
    return EventRecord(id, number, name, audiences, json.loads(refs), False, created_at)
