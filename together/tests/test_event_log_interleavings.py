"""However transactions, numbering and reading fall into each other: no reader skips an event, or reads one twice.

Every writer, process and reader has a PostgreSQL connection of its own, on a thread of its own; Hypothesis says who
takes the next step. What happens in the midst of announcing happens where the bus is handed the frames.
"""

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any, ClassVar

import pytest
from django.db import connections, transaction
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    rule,
    run_state_machine_as_test,
)

from together import events
from together.database.snapshot import snapshot
from together.events import bus, replay
from together.events.bus import Frame
from together.events.log import EventClock, EventRecord, is_pending

WRITERS, PROCESSES, READERS = 4, 2, 2
HEARD, UNHEARD = "user:x", "user:y"

writer = st.integers(0, WRITERS - 1)
process = st.integers(0, PROCESSES - 1)
# What a writer may do while a process announces.
steps = st.lists(st.tuples(writer, st.sampled_from(["publish", "commit", "roll_back"])), max_size=4)


def missed_after(place: str) -> replay.Missed:
    """What somebody who has handled that place is told when they come back."""
    with snapshot():
        missed = replay.missed(place, [HEARD])
    assert missed is not None
    return missed


class Actor:
    """Somebody with a connection of their own."""

    def __init__(self) -> None:
        self._thread = ThreadPoolExecutor(1)

    def does(self, step: Callable[..., Any], *args: Any) -> Any:
        return self._thread.submit(step, *args).result(20)

    def leave(self) -> None:
        self.does(connections.close_all)
        self._thread.shutdown()


class Transaction:
    """One that is open in a writer's connection, and the words that it will tell."""

    def __init__(self) -> None:
        self.words: list[str] = []
        self._atomic = transaction.atomic()
        self._atomic.__enter__()

    def publish(self, word: str, audience: str) -> None:
        events.publish(events.Event("TEST", (audience,), {"word": word}))
        if audience == HEARD:
            self.words.append(word)

    def end(self, *, well: bool) -> None:
        transaction.set_rollback(not well)
        self._atomic.__exit__(None, None, None)


class Interleavings(RuleBasedStateMachine):
    actors: ClassVar[list[Actor]]

    @initialize()
    def begin_anew(self) -> None:
        self.writers = self.actors[:WRITERS]
        self.processes = self.actors[WRITERS : WRITERS + PROCESSES]
        self.readers = self.actors[-READERS:]
        self.open: dict[int, Transaction] = {}
        self.committed: list[str] = []
        self.count = 0
        self.read: list[list[str]] = [[] for _ in range(READERS)]
        self.announced: list[Frame] = []
        EventRecord.objects.all().delete()
        EventClock.objects.all().delete()
        self.places = [events.place()] * READERS

    @rule(writer=writer, audience=st.sampled_from([HEARD, UNHEARD]))
    def publish(self, writer: int, audience: str = HEARD) -> None:
        """Begin a transaction, or go on with it; it stays open for as long as it likes."""
        actor = self.writers[writer]
        if writer not in self.open:
            self.open[writer] = actor.does(Transaction)
        self.count += 1
        actor.does(self.open[writer].publish, str(self.count), audience)

    @rule(writer=writer)
    def commit(self, writer: int) -> None:
        self._end(writer, well=True)

    @rule(writer=writer)
    def roll_back(self, writer: int) -> None:
        self._end(writer, well=False)

    @rule(process=process, meanwhile=steps, fails=st.sampled_from([None, "before", "after"]), reader=st.booleans())
    def announce(self, process: int, meanwhile: list[tuple[int, str]], fails: str | None, reader: bool) -> None:
        """A process announces. It may fail before the bus took the frames, or die before it wrote down that it did."""

        def take(frames: list[Frame]) -> None:
            for writer, step in meanwhile:
                getattr(self, step)(writer)
            meanwhile.clear()
            if reader:
                self.read_on(0)
            if fails != "before":
                self.announced.extend(frames)
            if fails:
                raise ConnectionError

        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(bus, "send", take)
            try:
                self.processes[process].does(events.drain)
            except ConnectionError:
                assert fails

    @rule(reader=st.integers(0, READERS - 1))
    def read_on(self, reader: int) -> None:
        """Somebody who was away comes back, asks for what they missed, and goes away again."""
        missed = self.readers[reader].does(missed_after, self.places[reader])
        self.places[reader] = missed.place
        self.read[reader] += [frame.d["word"] for frame in missed.frames]

    @invariant()
    def nothing_is_read_twice_or_before_its_commit(self) -> None:
        for read in getattr(self, "read", []):
            assert len(set(read)) == len(read)
            assert set(read) <= set(self.committed)

    def teardown(self) -> None:
        if not hasattr(self, "open"):
            return
        for writer in list(self.open):
            self.commit(writer)
        self.announce(0, [], None, False)
        log = [(record.number, record.refs["word"]) for record in EventRecord.objects.order_by("number")]
        assert [number for number, _ in log] == list(range(1, len(log) + 1))
        assert not is_pending()
        told = EventRecord.objects.filter(audiences__contains=[HEARD]).order_by("number")
        words = [record.refs["word"] for record in told]
        assert sorted(words) == sorted(self.committed)
        for reader in range(READERS):
            self.read_on(reader)
            assert self.read[reader] == words
        assert self._heard() == log

    def _heard(self) -> list[tuple[int | None, str]]:
        # Who only listens drops what comes again, as a hub does.
        heard: dict[int | None, str] = {}
        for frame in self.announced:
            heard.setdefault(frame.number, frame.d["word"])
        return list(heard.items())

    def _end(self, writer: int, *, well: bool) -> None:
        ended = self.open.pop(writer, None)
        if ended is None:
            return
        self.writers[writer].does(lambda: ended.end(well=well))
        if well:
            self.committed += ended.words


@pytest.fixture
def actors(transactional_db: None) -> Iterator[list[Actor]]:
    actors = [Actor() for _ in range(WRITERS + PROCESSES + READERS)]
    yield actors
    for actor in actors:
        actor.leave()


def test_no_reader_skips_an_event_or_reads_it_twice(actors: list[Actor]) -> None:
    Interleavings.actors = actors
    run_state_machine_as_test(
        Interleavings,
        settings=settings(
            max_examples=50, stateful_step_count=20, deadline=None, suppress_health_check=list(HealthCheck)
        ),
    )
