"""Forgetting events that no client will ask for again."""

from datetime import timedelta

from django.db.models import Min
from django.utils import timezone

from together.events.log import EventRecord, last_announced
from together.housekeeping import every

# A client that was away for longer starts afresh.
KEEP = timedelta(days=7)
BATCH = 10_000  # rows of one statement, so that no single one runs long


@every(seconds=3600)
def purge_events() -> int:
    """Delete events that were announced and are older than `KEEP`, from the first on; returns how many."""
    kept = EventRecord.objects.filter(created_at__gte=timezone.now() - KEEP, number__isnull=False)
    first = kept.aggregate(first=Min("number"))["first"]
    # From the beginning of the log and without a gap: a client counts on having been told all that came after a place.
    old = EventRecord.objects.filter(number__lte=last_announced()[1]).order_by("number").values("pk")
    if first is not None:
        old = old.filter(number__lt=first)
    total = 0
    while removed := EventRecord.objects.filter(pk__in=old[:BATCH]).delete()[0]:
        total += removed
    return total
