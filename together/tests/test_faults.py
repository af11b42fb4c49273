"""A short trial by faults; `make faults` is the long one. And that its judge does not let anything pass."""

import sys
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from together.testing.faults import Verdict, World, judge, trial
from together.testing.faults.ledger import GENERAL, PEOPLE, Blindness, Ledger, Sent
from together.testing.faults.line import Line, Person
from together.testing.faults.readers import Heard, Reader
from together.testing.faults.shelf import Known

FAULTS = [
    "sockets cut",
    "channel hidden and shown",
    "process killed",
    "PostgreSQL killed",
    "member kicked and back",
    "process told to stop",
]


@pytest.mark.skipif(sys.platform == "win32", reason="its processes are hit by signals")
@pytest.mark.timeout(180)
def test_nothing_is_lost_doubled_misordered_or_leaked_while_everything_fails(tmp_path: Path) -> None:
    with World(tmp_path) as world:
        report = trial(world, seed=7, messages=200, faults=FAULTS)
    assert report.verdict.clean, report.verdict
    assert [fault.name for fault in report.ledger.faults] == FAULTS
    assert all(len(reader.heard) > 20 for reader in report.readers)


# -- the judge -------------------------------------------------------------------------------------------------


@pytest.fixture
def ledger() -> Ledger:
    """Three messages were sent: one as it is, one changed, one deleted."""
    sent = [_sent("a"), replace(_sent("b"), content="changed"), replace(_sent("c"), deleted=True)]
    return Ledger(sent=sent)


@pytest.fixture
def reader(ledger: Ledger) -> Reader:
    """Who heard all of it."""
    reader = Reader(Line(Person("charlie"), [], ledger), [], ledger, "")
    reader.heard = [_heard("1", "a"), _heard("2", "b"), _heard("3", "c"), _heard("4", "c", name="MESSAGE_DELETE")]
    return reader


STORED = {GENERAL: {"a": "text", "b": "changed"}}


def test_the_judge_finds_nothing_where_nothing_is_wrong(ledger: Ledger, reader: Reader) -> None:
    assert _judged(ledger, reader, STORED) == {}


@pytest.mark.parametrize(
    ("stored", "found"),
    [
        ({"b": "changed"}, {"lost"}),
        ({"a": "text", "b": "text"}, {"lost"}),
        ({"a": "text", "b": "changed", "c": "text"}, {"lost"}),
        ({"a": "text", "b": "changed", "d": "text"}, {"phantom"}),
        ({"b": "changed", "a": "text"}, {"misordered"}),
    ],
)
def test_the_judge_finds_what_is_stored_otherwise_than_acknowledged(
    ledger: Ledger, reader: Reader, stored: dict[str, str], found: set[str]
) -> None:
    assert _judged(ledger, reader, {GENERAL: stored}).keys() == found


@pytest.mark.parametrize(
    ("heard", "found"),
    [
        ([("1", "a"), ("1", "a")], {"doubled", "misordered"}),
        ([("1", "a"), ("2", "a")], {"doubled", "misordered"}),
        ([("1", "d")], {"phantom"}),
        ([("1", "b"), ("2", "a")], {"misordered"}),
        ([("1", "a", "MESSAGE_UPDATE"), ("2", "a")], {"misordered"}),
        ([("1", "a", "MESSAGE_DELETE"), ("2", "a", "MESSAGE_UPDATE")], {"misordered"}),
    ],
)
def test_the_judge_finds_what_is_delivered_otherwise_than_stored(
    ledger: Ledger, reader: Reader, heard: list[Any], found: set[str]
) -> None:
    reader.heard = [_heard(*one) for one in heard]
    assert _judged(ledger, reader, STORED).keys() == found


def test_the_judge_finds_a_nonce_with_two_ids(ledger: Ledger, reader: Reader) -> None:
    ledger.sent[0].ids.add("z")
    assert _judged(ledger, reader, STORED).keys() == {"twofold"}


@pytest.mark.parametrize(("since", "found"), [(7.9, {"leaked"}), (8.1, set())])
def test_the_judge_finds_what_was_told_after_sight_was_lost(
    ledger: Ledger, reader: Reader, since: float, found: set[str]
) -> None:
    ledger.blindness.append(Blindness(PEOPLE["charlie"], {GENERAL}, since, until=11.0))
    assert _judged(ledger, reader, STORED).keys() == found


@pytest.mark.parametrize(
    ("shelf", "difference"),
    [
        ({"a": "text"}, "does not know b"),
        ({"a": "text", "b": "old"}, "shows an old text of b"),
        ({"a": "text", "b": "changed", "c": "text"}, "still shows c"),
    ],
)
def test_the_judge_finds_what_a_reader_does_not_know(
    reader: Reader, monkeypatch: pytest.MonkeyPatch, shelf: dict[str, str], difference: str
) -> None:
    monkeypatch.setattr(judge, "CAUGHT_UP", 0.1)
    monkeypatch.setattr(reader.line, "settle", lambda method, path: (200, [{"id": GENERAL}]))
    reader.shelf[GENERAL] = {id: Known(datetime(2026, 1, 1, tzinfo=UTC), content) for id, content in shelf.items()}
    verdict = Verdict()
    judge.catch_up([reader], STORED, verdict)
    assert verdict.unknown == [f"charlie {difference}"]


def _sent(id: str) -> Sent:
    return Sent(GENERAL, "text", f"nonce of {id}", {id})


def _heard(s: str, id: str, name: str = "MESSAGE_CREATE") -> Heard:
    return Heard(10.0, 1, s, name, {"id": id, "channel_id": GENERAL})


def _judged(ledger: Ledger, reader: Reader, stored: judge.Stored) -> dict[str, int]:
    """The kinds of findings, with their numbers."""
    verdict = Verdict()
    judge.compare(ledger, stored, set(), verdict)
    judge.hear(reader, ledger, stored, set(), verdict)
    return {kind: count for kind, count in verdict.counts().items() if count}
