"""News that is told at once and kept nowhere."""

import threading

import pytest
from django.db import transaction

from together.events import Event, bus, ephemeral, tell
from together.events.log import EventRecord

NEWS = Event("NEWS", ("user:x",), {"a": 1})


@pytest.mark.django_db(transaction=True)
def test_it_is_told_after_the_commit_without_a_place_in_the_log(frames):
    with transaction.atomic():
        tell(NEWS)
        assert frames() == []
    assert frames() == [bus.Frame("NEWS", ["user:x"], {"a": 1})]
    assert not EventRecord.objects.exists()


@pytest.mark.django_db(transaction=True)
def test_outside_a_transaction_it_is_told_at_once(frames):
    tell(NEWS)
    assert [frame.name for frame in frames()] == ["NEWS"]


@pytest.mark.django_db(transaction=True)
def test_a_rollback_is_silent(frames):
    with transaction.atomic():
        tell(NEWS)
        transaction.set_rollback(True)
    assert frames() == []


@pytest.mark.django_db(transaction=True)
def test_who_tells_does_not_wait_for_a_redis_that_does_not_answer(settings, monkeypatch):
    asked, answer = threading.Event(), threading.Event()

    def never(frames):
        asked.set()
        answer.wait(10)
        raise bus.NobodyListensError

    settings.REDIS_URL = "redis://nowhere"
    monkeypatch.setattr(bus, "send", never)
    tell(NEWS)
    assert asked.wait(5)
    for _ in range(ephemeral.MAX_WAITING + 5):
        tell(NEWS)
    assert ephemeral._waiting.full()
    # What waited is lost, and the thread lives.
    monkeypatch.setattr(bus, "send", lambda frames: done.set())
    done = threading.Event()
    answer.set()
    assert done.wait(5)
