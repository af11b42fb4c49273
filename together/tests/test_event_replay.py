"""Telling again what was told: built from the present, and one that cannot be built keeps no other from being told."""

from typing import Any

import pytest
from django.db import OperationalError

from together import events
from together.events import event, replay
from together.events.log import EventClock, EventRecord


@pytest.fixture
def fragile(db: None, monkeypatch: pytest.MonkeyPatch) -> dict[str, type[Exception]]:
    """An event whose building fails for the words named here, each with its error."""
    failures: dict[str, type[Exception]] = {}

    def build(refs: dict[str, Any]) -> events.Payload:
        if failure := failures.get(refs["word"]):
            raise failure
        return events.Payload(refs)

    monkeypatch.setattr(event, "_builders", dict(event._builders))
    monkeypatch.setattr(replay, "_kept", {})
    events.builder("FRAGILE")(build)
    return failures


def log(*words: str) -> str:
    """Log events with these words; returns the place before them."""
    place = events.place()
    for number, word in enumerate(words, 1):
        EventRecord.objects.create(name="FRAGILE", audiences=["user:x"], refs={"word": word}, number=number)
    EventClock.objects.update(number=len(words), announced=len(words))
    return place


def told(place: str) -> list[str]:
    found = replay.missed(place, ["user:x"])
    assert found is not None
    return [frame.d.get("word", frame.name) for frame in found.frames]


def test_one_that_cannot_be_built_keeps_no_other_from_being_told(fragile: dict[str, type[Exception]]) -> None:
    fragile["bad"] = ValueError
    assert told(log("one", "bad", "three")) == ["one", "@nothing", "three"]


def test_the_log_is_looked_through_no_further_than_so_many_events(
    fragile: dict[str, type[Exception]], monkeypatch: pytest.MonkeyPatch
) -> None:
    place = log("one", "two", "three")
    monkeypatch.setattr(replay, "MAX_PASSED", 3)
    assert told(place) == ["one", "two", "three"]
    monkeypatch.setattr(replay, "MAX_PASSED", 2)
    assert replay.missed(place, ["user:x"]) is None


def test_while_the_database_is_away_nothing_is_taken_for_broken(fragile: dict[str, type[Exception]]) -> None:
    fragile["one"] = OperationalError
    place = log("one", "two")
    with pytest.raises(OperationalError):
        told(place)
    fragile.clear()
    assert told(place) == ["one", "two"]


def test_what_was_built_is_kept_for_a_moment_and_not_without_end(
    fragile: dict[str, type[Exception]], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(replay, "MAX_KEPT", 1)
    place = log("one", "two")
    assert told(place) == ["one", "two"]
    monkeypatch.setattr(replay, "FRESH", 0.0)
    assert told(place) == ["one", "two"]
    assert len(replay._kept) <= 1
