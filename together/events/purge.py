"""Forgetting events that no client will ask for again."""

from datetime import timedelta

from django.utils import timezone

from together.events.log import EventRecord
from together.housekeeping import every

# A client that was away for longer starts afresh.
KEEP = timedelta(days=7)
BATCH = 10_000  # rows of one statement, so that no single one runs long


@every(seconds=3600)
def purge_events() -> int:
    """Delete events that were announced and are older than `KEEP`; returns how many."""
    old = EventRecord.objects.filter(announced=True, created_at__lt=timezone.now() - KEEP).values("pk")
    total = 0
    while removed := EventRecord.objects.filter(pk__in=old[:BATCH]).delete()[0]:
        total += removed
    return total
