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
    created_at = models.DateTimeField(default=timezone.now)

    class Meta:
        db_table = "event_log"
        indexes = [models.Index("created_at", name="idx_event_log_created_at")]

    def __str__(self) -> str:
        return f"{self.number}: {self.name}"


class EventClock(models.Model):
    """The one row that knows the last number given, and the last announced.

    It also knows of which life of the log they are: a restored backup starts another.
    """

    generation = models.UUIDField(default=uuid.uuid4)
    number = models.BigIntegerField(default=0)
    # Here and not in each row of the log, which would be written once more for it, and searched for those without.
    announced = models.BigIntegerField(default=0)

    class Meta:
        db_table = "event_clock"
        constraints = [
            models.CheckConstraint(condition=models.Q(id=1), name="event_clock_is_one_row"),
            models.CheckConstraint(
                condition=models.Q(announced__lte=models.F("number")), name="event_clock_announces_what_has_a_number"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.generation.hex}.{self.number}"


# One statement: a number that is given is a number that is stored. The clock's row lock keeps two at a time apart.
_NUMBER = """
WITH fresh AS (SELECT id, row_number() OVER (ORDER BY id) AS place FROM event_log WHERE number IS NULL),
     clock AS (INSERT INTO event_clock (id, generation, number, announced)
               SELECT 1, gen_random_uuid(), count(*), 0 FROM fresh HAVING count(*) > 0
               ON CONFLICT (id) DO UPDATE SET number = event_clock.number + excluded.number
               RETURNING number - (SELECT count(*) FROM fresh) AS base)
UPDATE event_log SET number = clock.base + fresh.place FROM fresh, clock WHERE event_log.id = fresh.id
"""

# Milliseconds after which PostgreSQL takes the lock from a frozen process (Redis is waited for up to 10 s). Hubs
# take once what is told twice by that.
PATIENCE = 15_000

# Asked for every message: the ORM would take longer to write these than PostgreSQL to answer.
_IS_PENDING = """
SELECT EXISTS (SELECT FROM event_log WHERE number IS NULL) OR (SELECT announced < number FROM event_clock WHERE id = 1)
"""
_PENDING = """
SELECT id, number, name, audiences, refs, created_at FROM event_log
WHERE number > (SELECT announced FROM event_clock WHERE id = 1) ORDER BY number LIMIT %(limit)s
"""
_CLOCK = "SELECT generation, number, announced FROM event_clock WHERE id = 1"
# Not waited for on the disk: what a crash takes of it is announced again, and hubs take it once.
_HURRY = "SET LOCAL synchronous_commit = off"
_NOTE_ANNOUNCED = "UPDATE event_clock SET announced = %(number)s WHERE id = 1 AND announced < %(number)s"
# Held from the numbering until it is noted that all are announced, so that two processes cannot announce 2 before 1.
# Any constant will do, as long as nothing else in this database locks the same.
_LOCK = "SET idle_session_timeout = %(patience)s", f"SELECT pg_advisory_lock({0x70_67_65_76})"
_UNLOCK = f"SELECT pg_advisory_unlock({0x70_67_65_76})", "RESET idle_session_timeout"


def is_pending() -> bool:
    """Whether a committed event waits to be announced."""
    (((pending,),),) = trip(_IS_PENDING, values={})
    return bool(pending)


@contextmanager
def announcing(limit: int) -> Iterator[tuple[str, list[EventRecord]]]:
    """Give every committed row that has none its number, and take the next events to be announced, in their order.

    Yields them with the life of the log, and nobody else announces meanwhile. They are taken for announced unless the
    block raises.
    """
    try:
        values = {"limit": limit, "patience": PATIENCE}
        *_locked, _numbered, rows, clock = trip(*_LOCK, _NUMBER, _PENDING, _CLOCK, values=values)
        yield clock[0][0].hex if clock else "", [_record(*row) for row in rows]
        if rows:
            # A trip of its own: it must be committed before anybody else is let in.
            trip(_HURRY, _NOTE_ANNOUNCED, values={"number": rows[-1][1]})
    finally:
        trip(*_UNLOCK, values={})


def position() -> tuple[str, int]:
    """The place in the log up to which events have their numbers: the life of the log, and the last number."""
    life, number, _announced = _clock()
    return life, number


def place() -> str:
    """The same as clients know it, to begin from: who reads it first and then anything else has missed nothing."""
    life, number = position()
    return f"{life}.{number}"


def last_announced() -> tuple[str, int]:
    """The place in the log up to which everything has been told."""
    life, _number, announced = _clock()
    return life, announced


def _clock() -> tuple[str, int, int]:
    (rows,) = trip(_CLOCK, values={})
    if not rows:
        clock = EventClock.objects.get_or_create(pk=1)[0]
        return clock.generation.hex, clock.number, clock.announced
    life, number, announced = rows[0]
    return life.hex, number, announced


def _record(id: int, number: int, name: str, audiences: list[str], refs: str, created_at: datetime) -> EventRecord:
    # Without the ORM, JSON comes as text.
    return EventRecord(id, number, name, audiences, json.loads(refs), created_at)
