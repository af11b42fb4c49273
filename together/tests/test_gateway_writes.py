"""What comes together goes out in one write to each socket, and before anything that comes after it."""

import asyncio
import uuid

import pytest

from together import events
from together.events import bus
from together.events.bus import Frame
from together.events.log import EventClock, EventRecord
from together.gateway import codes, feed, outbox
from together.gateway.feed import Feed
from together.gateway.hub import Hub
from together.gateway.outbox import Outbox
from together.gateway.socket import Socket
from together.testing.gateway import run

LIFE = "0123456789abcdef" * 2


class Wire:
    """Notes what is done to a connection: the number of each frame in a write, or the code of a close."""

    def __init__(self) -> None:
        self.writable = asyncio.Event()
        self.done: list[list[int] | int] = []

    def push(self, framed: bytes) -> None:
        self.done.append([int(part[: part.index(b'"')]) for part in framed.split(LIFE.encode() + b".")[1:]])

    def drop(self, code: int) -> None:
        self.done.append(code)

    def waiting(self) -> int:
        return 0


def frame(number: int, name: str = "TEST", audience: str = "user:x") -> Frame:
    return Frame(name, [audience], {}, None, LIFE, number)


def written(*batches: list[Frame]) -> list[list[int] | int]:
    """What a socket that hears of `user:x` and of a sign-in is written when the hub is told that."""

    async def story() -> list[list[int] | int]:
        hub, wire = Hub(), Wire()
        await hub.start()
        socket = Socket(uuid.uuid4(), uuid.uuid4(), wire)
        hub.enter(socket)
        hub.listen(socket, {"user:x", "session:y"})
        hub.release(socket)
        try:
            for batch in batches:
                bus.send(batch)
            await asyncio.sleep(0.1)
            return [*wire.done]
        finally:
            await hub.stop()

    EventClock.objects.create(pk=1, generation=LIFE)
    return run(story())


@pytest.mark.django_db(transaction=True)
def test_frames_that_come_together_are_one_write() -> None:
    assert written([frame(1), frame(2, audience="user:somebody else"), frame(3)]) == [[1, 3]]


@pytest.mark.django_db(transaction=True)
def test_so_are_batches_that_wait() -> None:
    assert written([frame(1)], [frame(2)], [frame(3)]) == [[1, 2, 3]]


@pytest.mark.django_db(transaction=True)
def test_after_a_while_others_have_their_turn(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(feed, "TURN", 0.0)
    assert written([frame(1), frame(2)]) == [[1], [2]]


@pytest.mark.django_db(transaction=True)
def test_what_was_said_before_a_sign_in_ended_is_written_before_the_close() -> None:
    ended = frame(2, "@sessions_ended", "session:y")
    assert written([frame(1), ended]) == [[1], codes.SESSION_ENDED]


@pytest.mark.django_db(transaction=True)
def test_much_is_not_written_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(outbox, "MOST", 100)
    assert written([frame(number) for number in (1, 2, 3, 4, 5)]) == [[1, 2], [3, 4], [5]]


class Keeper(Wire):
    """Keeps what it is to write, or fails at the first."""

    def __init__(self, *, fails: bool = False) -> None:
        super().__init__()
        self.kept: list[bytes] = []
        self._fails = fails

    def push(self, framed: bytes) -> None:
        if self._fails:
            self._fails = False
            raise MemoryError
        self.kept.append(framed)


async def sockets_on(*wires: Wire) -> list[Socket]:
    return [Socket(uuid.uuid4(), uuid.uuid4(), wire) for wire in wires]


def test_those_who_hear_the_same_share_one_copy() -> None:
    async def story() -> None:
        one, two, other = wires = Keeper(), Keeper(), Keeper()
        sockets, box = await sockets_on(*wires), Outbox()
        box.put(sockets[:2], b"a")
        box.put(sockets, b"b")
        box.flush()
        assert (one.kept, other.kept) == ([b"ab"], [b"b"])
        assert one.kept[0] is two.kept[0]

    run(story())


def test_a_socket_that_cannot_be_written_to_is_sent_away_and_the_others_go_on() -> None:
    async def story() -> None:
        bad, good = wires = Keeper(fails=True), Keeper()
        sockets, box = await sockets_on(*wires), Outbox()
        for framed in (b"a", b"b"):
            box.put(sockets, framed)
            box.flush()
        assert (bad.done, bad.kept, good.done, good.kept) == ([codes.TRY_AGAIN], [], [], [b"a", b"b"])

    run(story())


@pytest.mark.django_db(transaction=True)
def test_what_came_before_a_frame_that_fails_is_written_before_everybody_is_sent_away() -> None:
    unfit = Frame("TEST", ["user:x"], {"not JSON": object()}, None, LIFE, 2)
    assert written([frame(1), unfit])[:2] == [[1], codes.TRY_AGAIN]


@pytest.mark.django_db(transaction=True)
def test_what_was_handled_is_flushed_before_the_log_is_read() -> None:
    life, _number = events.position()
    done: list[int | str | None] = []

    async def note(one: Frame) -> None:
        done.append(one.number)

    async def story() -> None:
        one = Feed(note, lambda: done.append("lost"), flush=lambda: done.append("flush"))
        await one.start()
        try:
            bus.send([Frame("TEST", ["user:x"], {}, None, life, number) for number in (1, 4)])
            await asyncio.sleep(0.2)
        finally:
            one.stop()

    logged = [EventRecord(name="LOGGED", audiences=["user:x"], number=number) for number in (1, 2, 3, 4)]
    EventRecord.objects.bulk_create(logged)
    EventClock.objects.update(number=4)
    run(story())
    assert done == [1, "flush", 2, 3, "flush", 4, "flush"]
