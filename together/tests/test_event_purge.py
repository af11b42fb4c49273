from datetime import timedelta

import pytest
from django.utils import timezone

from together.events import purge
from together.events.log import EventClock, EventRecord


@pytest.mark.django_db
def test_events_that_were_announced_long_ago_are_forgotten_and_no_others(monkeypatch):
    monkeypatch.setattr(purge, "BATCH", 2)
    long_ago = timezone.now() - purge.KEEP - timedelta(hours=1)
    for number in range(5):
        EventRecord.objects.create(name="OLD", number=number, audiences=[], created_at=long_ago)
    EventRecord.objects.create(name="STUCK", audiences=[], created_at=long_ago)
    EventRecord.objects.create(name="FRESH", number=9, audiences=[])
    EventClock.objects.create(pk=1, number=9, announced=9)
    assert purge.purge_events() == 5
    assert set(EventRecord.objects.values_list("name", flat=True)) == {"STUCK", "FRESH"}
