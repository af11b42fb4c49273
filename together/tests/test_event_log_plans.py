"""However long the log is, what the announcer asks of it all the time does not read it.

PostgreSQL analyses a log that grows within a minute; what it does before that, it guesses.
"""

import pytest
from django.db import connection

from together.events import log
from together.events.log import EventClock, EventRecord

LONG = 5000


@pytest.mark.parametrize("waiting", [0, 3])
@pytest.mark.parametrize("statement", [log._NUMBER, log._PENDING, log._IS_PENDING])
def test_only_what_waits_is_read(db: None, statement: str, waiting: int) -> None:
    with connection.cursor() as cursor:
        # One of its own, which shadows it: what PostgreSQL knows of the real one is from whichever test came before.
        cursor.execute("CREATE TEMPORARY TABLE event_log (LIKE public.event_log INCLUDING ALL) ON COMMIT DROP")
    EventClock.objects.create(pk=1, number=LONG, announced=LONG)
    numbers = [*range(1, LONG + 1), *[None] * waiting]
    EventRecord.objects.bulk_create(EventRecord(name="TEST", audiences=["user:x"], number=number) for number in numbers)
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE event_log")
        cursor.execute(f"EXPLAIN (ANALYZE, FORMAT JSON) {statement}", {"limit": 500})
        read = _rows_read(cursor.fetchone()[0][0]["Plan"])
    assert waiting * (statement is log._NUMBER) <= read <= 2 * waiting


def _rows_read(plan: dict) -> int:
    """Rows of the log that were looked at, whether or not they were what was asked for."""
    mine = 0
    if plan.get("Relation Name") == "event_log" and plan["Node Type"] != "ModifyTable":
        mine = round(plan["Actual Loops"] * (plan["Actual Rows"] + plan.get("Rows Removed by Filter", 0)))
    return mine + sum(_rows_read(part) for part in plan.get("Plans", ()))
