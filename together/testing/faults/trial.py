"""One trial: writers and readers, faults among them, and the judgement at the end."""

import random
import threading
import time
from dataclasses import dataclass
from functools import partial

from together.testing.faults import judge
from together.testing.faults.injector import Injector
from together.testing.faults.ledger import CHANNELS, GENERAL, RANDOM, Ledger
from together.testing.faults.line import Line, Person
from together.testing.faults.readers import Reader, Room
from together.testing.faults.verdict import Verdict
from together.testing.faults.world import World
from together.testing.faults.writers import VOICES, Writer

# Who writes where, and who reads; charlie's sight of the other channels changes, and diana is sent away.
WRITERS = {"alice": CHANNELS, "bob": CHANNELS, "eve": CHANNELS, "charlie": [GENERAL, RANDOM]}
READERS = ("alice", "bob", "charlie", "charlie", "diana", "diana", "eve")
# Seconds in which sockets are back after the last fault (threats.md: clients reconnect within 30 s).
BACK = 30.0


@dataclass
class Report:
    """What was done, and what came of it."""

    seed: int
    processes: int
    ledger: Ledger
    readers: list[Reader]
    verdict: Verdict
    seconds: float
    caught_up: float


class Quota:
    """How many messages are still to be written."""

    def __init__(self, count: int) -> None:
        self._left = count
        self._lock = threading.Lock()

    def take(self) -> bool:
        with self._lock:
            self._left -= 1
            return self._left >= 0


def trial(world: World, seed: int, messages: int, faults: int | list[str]) -> Report:
    """Send so many messages, and inject so many faults, or those named, evenly spread over them."""
    began = time.monotonic()
    ledger, verdict = Ledger(), Verdict()
    people = {name: Person(name) for name in (*WRITERS, "diana")}
    chance = random.Random(seed)

    def line(name: str) -> Line:
        return Line(people[name], world.ports, ledger, first=chance.randrange(100))

    for name in people:
        line(name).sign_in()
    seeded = {id for channel in judge.history(line("alice"), verdict).values() for id in channel}
    readers = [Reader(line(name), world.ports, ledger, f"{seed} {place}") for place, name in enumerate(READERS)]
    room = Room(readers)
    assert room.all_connected(BACK), "Not every reader could connect."
    quota = Quota(messages)
    writers = [
        Writer(line(name), [line(name) for _ in range(VOICES)], channels, ledger, quota.take, f"{seed} {name}")
        for name, channels in WRITERS.items()
    ]
    injector = Injector(world, room, line("alice"), line("diana"), ledger, str(seed))
    names = injector.plan(faults) if isinstance(faults, int) else faults
    for writer in writers:
        writer.start()
    for number, name in enumerate(names, 1):
        _wait_until(partial(_written, ledger, writers, messages * number // (len(names) + 1)))
        injector.inject(name)
    injector.finish()
    for writer in writers:
        writer.join()
    world.mended()
    if not room.all_connected(BACK):
        verdict.broken.append(f"Not every reader was back {BACK:.0f} s after the last fault.")
    stored = judge.history(line("alice"), verdict)
    caught_up = judge.catch_up(readers, stored, verdict)
    room.close()
    for channel, found in judge.history(line("bob"), verdict).items():
        if list(found.items()) != list(stored[channel].items()):
            verdict.misordered.append(f"the history of {channel} is not the same for everybody")
    judge.compare(ledger, stored, seeded, verdict)
    for reader in readers:
        judge.hear(reader, ledger, stored, seeded, verdict)
    verdict.leaked += ledger.leaks
    verdict.broken += ledger.broken
    return Report(seed, len(world.instances), ledger, readers, verdict, time.monotonic() - began, caught_up)


def _written(ledger: Ledger, writers: list[Writer], count: int) -> bool:
    return len(ledger.sent) >= count or not any(writer.is_alive() for writer in writers)


def _wait_until(condition: partial[bool]) -> None:
    while not condition():
        time.sleep(0.01)
