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
from together.events import bus
from together.events.bus import Frame
from together.events.log import EventClock, EventRecord

WRITERS, PROCESSES, READERS = 4, 2, 2
AUDIENCE = "user:x"

writer = st.integers(0, WRITERS - 1)
process = st.integers(0, PROCESSES - 1)
# What a writer may do while a process announces.
steps = st.lists(st.tuples(writer, st.sampled_from(["publish", "commit", "roll_back"])), max_size=4)


def read_after(number: int, limit: int) -> list[tuple[int, str]]:
    """The next events after a place in the log: their numbers and words."""
    following = EventRecord.objects.filter(number__gt=number, audiences__overlap=[AUDIENCE]).order_by("number")
    return [(record.number or 0, record.refs["word"]) for record in following[:limit]]


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

    def publish(self, word: str) -> None:
        events.publish(events.Event("TEST", (AUDIENCE,), {"word": word}))
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
        self.places = [0] * READERS
        self.read: list[list[str]] = [[] for _ in range(READERS)]
        self.announced: list[Frame] = []
        EventRecord.objects.all().delete()
        EventClock.objects.all().delete()

    @rule(writer=writer)
    def publish(self, writer: int) -> None:
        """Begin a transaction, or go on with it; it stays open for as long as it likes."""
        actor = self.writers[writer]
        if writer not in self.open:
            self.open[writer] = actor.does(Transaction)
        self.count += 1
        actor.does(self.open[writer].publish, str(self.count))

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
                self.read_on(0, 100)
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

    @rule(reader=st.integers(0, READERS - 1), limit=st.sampled_from([1, 3, 100]))
    def read_on(self, reader: int, limit: int) -> None:
        """Somebody who was away comes back, asks for what they missed, and goes away again."""
        for number, word in self.readers[reader].does(read_after, self.places[reader], limit):
            self.places[reader] = number
            self.read[reader].append(word)

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
        log = read_after(0, 1000)
        # Contiguous; everything that was committed once, and in the order of each transaction.
        assert [number for number, _ in log] == list(range(1, len(log) + 1))
        assert sorted(word for _, word in log) == sorted(self.committed)
        assert not EventRecord.objects.filter(announced=False).exists()
        for reader in range(READERS):
            self.read_on(reader, 1000)
            assert self.read[reader] == [word for _, word in log]
        self._check_announced(log)

    def _check_announced(self, log: list[tuple[int, str]]) -> None:
        # Who only listens drops what comes again, as a hub does, and has heard everything in the order of the log.
        heard: list[tuple[int, str]] = []
        for frame in self.announced:
            if (frame.number or 0) > len(heard):
                heard.append((frame.number or 0, frame.d["word"]))
        assert heard == log

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
            max_examples=100, stateful_step_count=20, deadline=None, suppress_health_check=list(HealthCheck)
        ),
    )
