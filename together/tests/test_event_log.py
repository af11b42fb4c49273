"""The log: with the change, after its commit, in order, once."""

import threading
import time
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import msgpack
import pytest
from channels_redis.pubsub import RedisPubSubChannelLayer
from django.db import IntegrityError, OperationalError, connections, transaction

from together import events
from together.events import announcer, bus, log
from together.events.bus import Frame
from together.events.log import EventClock, EventRecord
from together.testing.gateway import run


@pytest.fixture
def heard(monkeypatch: pytest.MonkeyPatch):
    """Every frame that the bus is handed."""
    monkeypatch.setattr(announcer, "_prepared", {})
    frames: list[Frame] = []
    bus.listen(frames.extend)
    yield frames
    bus.unlisten(frames.extend)


def _wait_for(heard: list[Frame]) -> None:
    deadline = time.monotonic() + 10
    while not heard and time.monotonic() < deadline:
        time.sleep(0.01)


def _publish(*words: str) -> None:
    with transaction.atomic():
        for word in words:
            events.publish(events.Event("TEST", ("user:x",), {"word": word}))


def test_an_event_is_numbered_and_announced_after_commit(transactional_db: None, heard: list[Frame]) -> None:
    _publish("one", "two")
    assert events.drain() == 2
    assert [frame.d["word"] for frame in heard] == ["one", "two"]
    assert list(EventRecord.objects.order_by("number").values_list("number", "refs__word")) == [(1, "one"), (2, "two")]
    assert events.last_announced() == events.position() == (heard[0].life, 2)


def test_many_at_once_are_announced_in_their_order_and_none_at_all_is_no_trouble(
    transactional_db: None, heard: list[Frame]
) -> None:
    def event(number: int) -> events.Event:
        return events.Event("TEST", ("user:x",), {"word": str(number)}, lambda: events.Payload({"word": str(-number)}))

    with transaction.atomic():
        events.publish_all([])
        events.publish_all(event(number) for number in range(1, 2001))
    events.drain()
    assert [frame.d["word"] for frame in heard] == [str(-number) for number in range(1, 2001)]
    with pytest.raises(RuntimeError):
        events.publish_all([])


def test_announcing_again_says_nothing_twice(transactional_db: None, heard: list[Frame]) -> None:
    _publish("one")
    assert (events.drain(), events.drain()) == (1, 0)
    assert len(heard) == 1


def test_a_rollback_is_silent(transactional_db: None, heard: list[Frame]) -> None:
    with transaction.atomic():
        events.publish(events.Event("TEST", ("user:x",), {}))
        transaction.set_rollback(True)
    _publish("after")
    events.drain()
    assert [frame.d for frame in heard] == [{"word": "after"}]
    assert heard[0].number == 1


def test_without_a_thread_or_a_listener_nothing_is_lost(transactional_db: None, heard: list[Frame]) -> None:
    _publish("told by the thread")
    events.start()
    events.start()
    deadline = time.monotonic() + 5
    while not heard and time.monotonic() < deadline:
        time.sleep(0.01)
    events.stop()
    assert [frame.d["word"] for frame in heard] == ["told by the thread"]
    assert str(EventRecord.objects.get()) == "1: TEST"


def test_the_thread_tries_again_after_a_failure(
    transactional_db: None, heard: list[Frame], monkeypatch: pytest.MonkeyPatch
) -> None:
    failures = iter([ConnectionError])
    send = bus.send

    def fail_once(frames: list[Frame]) -> None:
        for failure in failures:
            raise failure
        send(frames)

    monkeypatch.setattr(bus, "send", fail_once)
    _publish("late")
    events.start()
    _wait_for(heard)
    events.stop()
    assert [frame.d["word"] for frame in heard] == ["late"]


def test_what_is_committed_just_before_the_end_is_announced(
    transactional_db: None, heard: list[Frame], monkeypatch: pytest.MonkeyPatch
) -> None:
    # After the first one it gathers until it is told to stop.
    monkeypatch.setattr(announcer, "GATHER", 60)
    events.start()
    _publish("first")
    announcer.wake()
    _wait_for(heard)
    _publish("last")
    events.stop()
    assert [frame.d["word"] for frame in heard] == ["first", "last"]


def test_stopping_what_never_started_is_no_trouble(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(announcer, "_thread", None)
    events.stop()


def test_publishing_outside_a_transaction_is_refused(transactional_db: None) -> None:
    with pytest.raises(RuntimeError):
        events.publish(events.Event("TEST", (), {}))


def test_what_a_dead_process_left_is_announced_with_what_it_was_built_from(
    transactional_db: None, heard: list[Frame]
) -> None:
    # Its row was committed, and the memory of how to build it died with the process.
    EventRecord.objects.create(name="TEST", audiences=["user:x"], refs={"word": "left"})
    EventRecord.objects.create(name="TEST", audiences=["user:x"], refs={"word": "numbered"}, number=1)
    EventClock.objects.update_or_create(pk=1, defaults={"number": 1})
    assert events.drain() == 2
    assert [frame.d["word"] for frame in heard] == ["numbered", "left"]


def test_a_bus_that_fails_loses_nothing(
    transactional_db: None, heard: list[Frame], monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(frames: list[Frame]) -> None:
        raise ConnectionError

    _publish("kept")
    with monkeypatch.context() as patch:
        patch.setattr(bus, "send", broken)
        with pytest.raises(ConnectionError):
            events.drain()
    assert events.drain() == 1
    assert [frame.d["word"] for frame in heard] == ["kept"]


def test_an_event_that_cannot_be_built_does_not_hold_up_the_others(transactional_db: None, heard: list[Frame]) -> None:
    @events.builder("BROKEN")
    def broken(refs):
        raise ZeroDivisionError

    EventRecord.objects.create(name="BROKEN", audiences=["user:x"])
    _publish("fine")
    assert events.drain() == 2
    assert [frame.name for frame in heard] == ["@nothing", "TEST"]
    assert heard[1].d == {"word": "fine"}


def test_a_database_that_goes_while_an_event_is_built_loses_nothing(transactional_db: None, heard: list[Frame]) -> None:
    failures = iter([OperationalError])

    @events.builder("UNLUCKY")
    def unlucky(refs):
        for failure in failures:
            raise failure
        return events.Payload(refs)

    EventRecord.objects.create(name="UNLUCKY", audiences=["user:x"], refs={"word": "kept"})
    with pytest.raises(OperationalError):
        events.drain()
    assert heard == []
    events.drain()
    assert [(frame.name, frame.d) for frame in heard] == [("UNLUCKY", {"word": "kept"})]


def test_an_event_of_something_gone_is_not_told(transactional_db: None, heard: list[Frame]) -> None:
    @events.builder("GONE")
    def gone(refs):
        return None

    EventRecord.objects.create(name="GONE", audiences=["user:x"])
    assert events.drain() == 1
    assert [frame.name for frame in heard] == ["@nothing"]


def test_a_transaction_that_commits_late_gets_the_later_number(transactional_db: None, heard: list[Frame]) -> None:
    inserted, commit = threading.Event(), threading.Event()

    def slow() -> None:
        with transaction.atomic():
            events.publish(events.Event("TEST", ("user:x",), {"word": "began first"}))
            inserted.set()
            commit.wait(10)
        connections.close_all()

    thread = threading.Thread(target=slow)
    thread.start()
    inserted.wait(10)
    _publish("committed first")
    assert events.drain() == 1
    commit.set()
    thread.join()
    assert events.drain() == 1
    assert [frame.d["word"] for frame in heard] == ["committed first", "began first"]


def test_a_process_that_is_frozen_while_it_announces_silences_no_other(
    transactional_db: None, heard: list[Frame], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(log, "PATIENCE", 100)
    frozen, thawed = threading.Event(), threading.Event()

    def freeze() -> None:
        announcing = log.announcing(10)
        announcing.__enter__()
        frozen.set()
        thawed.wait(10)
        with pytest.raises(OperationalError):
            announcing.__exit__(None, None, None)
        connections.close_all()

    _publish("one")
    with ThreadPoolExecutor(1) as thread:
        other = thread.submit(freeze)
        frozen.wait(10)
        assert events.drain() == 1
        thawed.set()
        other.result(timeout=10)
    assert [frame.d["word"] for frame in heard] == ["one"]


def test_numbers_are_contiguous_and_in_order_under_many_writers_and_announcers(
    transactional_db: None, heard: list[Frame]
) -> None:
    def write() -> None:
        for count in range(10):
            _publish(f"{threading.get_ident()}.{count}")
            events.drain()
        connections.close_all()

    threads = [threading.Thread(target=write) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    events.drain()
    assert [frame.number for frame in heard] == list(range(1, 61))


def test_the_clock_survives_a_pruned_log(transactional_db: None, heard: list[Frame]) -> None:
    _publish("one")
    events.drain()
    EventRecord.objects.all().delete()
    _publish("two")
    events.drain()
    assert heard[-1].number == 2


def test_the_database_keeps_the_clock_to_one_row(transactional_db: None) -> None:
    EventClock.objects.update_or_create(pk=1)
    with pytest.raises(IntegrityError), transaction.atomic():
        EventClock.objects.create(pk=2)
    clock = EventClock.objects.get()
    assert str(clock) == f"{clock.generation.hex}.0"


def test_the_redis_message_is_what_the_channel_layer_reads() -> None:
    async def names() -> tuple[str, bytes]:
        layer = RedisPubSubChannelLayer(hosts=["redis://127.0.0.1:1"], prefix="together")
        return layer._get_group_channel_name(bus.GROUP), layer.serialize(message)

    frame = {"name": "X", "audiences": ["user:x"], "d": {}, "html": None, "life": "a", "number": 1}
    message = {"type": "deliver", "frames": [frame]}
    name, packed = run(names())
    assert name == f"{bus._PREFIX}__group__{bus.GROUP}"
    assert packed == msgpack.packb(message)
    assert bus.received(message) == [Frame("X", ["user:x"], {}, None, "a", 1)]


def test_what_no_gateway_hears_counts_as_not_sent(settings: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    class Redis:
        def publish(self, channel: str, message: bytes) -> int:
            return 0

    settings.REDIS_URL = "redis://nowhere"
    monkeypatch.setattr(bus, "_client", lambda url: Redis())
    with pytest.raises(bus.NobodyListensError):
        bus.send([])


def test_while_the_bus_is_down_no_more_than_so_much_is_kept_for_it(
    transactional_db: None, heard: list[Frame], monkeypatch: pytest.MonkeyPatch
) -> None:
    def publish(word: str) -> None:
        with transaction.atomic():
            events.publish(
                events.Event("TEST", ("user:x",), {"word": word}, lambda: events.Payload({"word": f"prepared {word}"}))
            )

    monkeypatch.setattr(announcer, "_prepared", {})
    monkeypatch.setattr(announcer, "MAX_PREPARED", 1)
    for word in ("one", "two", "three"):
        publish(word)
    assert len(announcer._prepared) == 1
    assert events.drain() == 3
    assert [frame.d["word"] for frame in heard] == ["prepared one", "two", "three"]
    publish("four")
    events.drain()
    assert heard[-1].d["word"] == "prepared four"
