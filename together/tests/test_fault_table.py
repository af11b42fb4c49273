"""One process and its database under one fault at a time; `docs/faults.md` has the table."""

import asyncio
import sys
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager

import httpx
import psycopg
import pytest
from websockets.asyncio.client import connect

from together.testing.faults import World
from together.testing.faults.ledger import GENERAL, RANDOM, Ledger
from together.testing.faults.line import Line, NoAnswerError, Person
from together.testing.faults.world import ready
from together.testing.gateway import run
from together.testing.sockets import Client

pytestmark = [
    pytest.mark.skipif(sys.platform == "win32", reason="its processes are hit by signals"),
    pytest.mark.timeout(120),
]

Lines = Callable[[], Line]


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    with World(tmp_path_factory.mktemp("world")) as world:
        yield world


@pytest.fixture
def line(world: World) -> Lines:
    """Ways to the API as bob, each a connection of its own; no test leaves a 500 behind."""
    ledger, bob = Ledger(), Person("bob")
    Line(bob, world.ports, ledger).sign_in()
    return lambda: Line(bob, world.ports, ledger)


def test_sigterm_lets_requests_finish_and_closes_sockets_with_1012(world: World, line: Lines) -> None:
    async def story() -> int | None:
        async with connect(_address(world, line())) as socket:
            await socket.recv()
            assert world.instances[0].process
            world.instances[0].process.terminate()
            await asyncio.wait_for(socket.wait_closed(), 5)
            return socket.close_code

    with ThreadPoolExecutor(3) as threads:
        with _database(world) as database, database.transaction():
            database.execute("SELECT FROM channels WHERE id = %s FOR UPDATE", [GENERAL])
            under_way = [threads.submit(_send, line(), GENERAL, str(number)) for number in range(3)]
            _wait_until(lambda: _waiting(world) == 3)
            assert run(story()) == 1012
            assert not any(request.done() for request in under_way)
        assert [request.result()[0] for request in under_way] == [201] * 3
    assert world.instances[0].stop() == 0
    world.instances[0].start()
    assert {"0", "1", "2"} <= set(_contents(line(), GENERAL))


def test_postgresql_killed_is_told_by_readiness_alone_and_comes_back_without_a_restart(
    world: World, line: Lines
) -> None:
    process = world.instances[0].process
    sender = line()
    world.postmaster.kill()
    statuses: list[int] = []
    began = time.monotonic()
    while 201 not in statuses:
        assert time.monotonic() < began + 15
        assert httpx.get(f"{world.instances[0].url}/api/health/live", timeout=2).status_code == 200
        statuses.append(_send(sender, GENERAL, "still there?")[0])
    assert set(statuses) == {503, 201}
    assert ready(world.instances[0])
    assert process is world.instances[0].process
    assert process.poll() is None


def test_database_connections_exhausted_are_503_and_never_500(world: World, line: Lines) -> None:
    with ExitStack() as taken, ThreadPoolExecutor(20) as threads:
        _take_all_connections(world, taken)
        answers = [threads.submit(_send, line(), GENERAL, "in a crowd") for _ in range(60)]
        statuses = {answer.result()[0] for answer in answers}
        assert statuses <= {201, 503}
        assert httpx.get(f"{world.instances[0].url}/api/health/live", timeout=2).status_code == 200
    _wait_until(lambda: _send(line(), GENERAL, "room again")[0] == 201)


def test_idle_sockets_hold_no_database_connection(world: World, line: Lines) -> None:
    async def story() -> int:
        async with asyncio.TaskGroup() as group:
            opening = [group.create_task(_open(_address(world, line()))) for _ in range(20)]
        sockets = [one.result() for one in opening]
        try:
            return await asyncio.to_thread(_connections, world)
        finally:
            for socket in sockets:
                await socket.connection.close()

    # As many as requests, events and housekeeping may use at once: HTTP_THREADS and 6, and the probes of health.
    assert run(story()) <= 14


def test_connecting_while_messages_pour_in_leaves_no_gap_and_no_duplicate(world: World, line: Lines) -> None:
    pouring = threading.Event()
    pouring.set()

    def pour() -> None:
        sender = line()
        while pouring.is_set():
            _send(sender, RANDOM, "drop")

    async def arrive(number: int) -> tuple[list[str], list[str]]:
        """What history had right after READY, and what was heard from then on."""
        await asyncio.sleep(number * 0.1)
        client = await _open(_address(world, line()))
        there = await asyncio.to_thread(_ids, line())
        heard: list[str] = []
        while len(heard) < 20:
            frame = await client.next()
            if frame.get("t") == "MESSAGE_CREATE" and frame["d"]["channel_id"] == RANDOM:
                heard.append(frame["d"]["id"])
        await client.connection.close()
        return there, heard

    async def story() -> list[tuple[list[str], list[str]]]:
        return await asyncio.gather(*(arrive(number) for number in range(6)))

    threads = [threading.Thread(target=pour) for _ in range(3)]
    for thread in threads:
        thread.start()
    try:
        arrivals = run(story())
    finally:
        pouring.clear()
        for thread in threads:
            thread.join()
    stored = _ids(line())
    for there, heard in arrivals:
        first = stored.index(heard[0])
        assert heard == stored[first : first + len(heard)]
        assert set(stored[:first]) <= set(there)


# -- steps -----------------------------------------------------------------------------------------------------


def _send(line: Line, channel: str, content: str) -> tuple[int, object]:
    """Status and content of one try, which no server may leave without an answer."""
    try:
        return line.ask("POST", f"/channels/{channel}/messages", {"content": content})
    except NoAnswerError as error:
        raise AssertionError("A request was left without an answer.") from error


def _ids(line: Line) -> list[str]:
    """The messages of #random, the oldest first."""
    ids: list[str] = []
    while True:
        query = f"limit=100&before={ids[-1]}" if ids else "limit=100"
        _status, page = line.ask("GET", f"/channels/{RANDOM}/messages?{query}")
        ids += [message["id"] for message in page]
        if len(page) < 100:
            return ids[::-1]


def _contents(line: Line, channel: str) -> list[str]:
    return [message["content"] for message in line.settle("GET", f"/channels/{channel}/messages")[1]]


def _address(world: World, line: Line) -> str:
    return f"ws://127.0.0.1:{world.ports[0]}/ws?token={line.person.token}"


async def _open(address: str) -> Client:
    client = Client(await connect(address))
    assert (await client.next())["t"] == "READY"
    return client


@contextmanager
def _database(world: World) -> Iterator[psycopg.Connection]:
    with psycopg.connect(host=str(world.socket_dir), user="postgres", dbname="together", autocommit=True) as connection:
        yield connection


def _take_all_connections(world: World, taken: ExitStack) -> None:
    try:
        while True:
            taken.enter_context(_database(world))
    except psycopg.OperationalError as error:
        assert "too many clients" in str(error)  # noqa: PT017


def _connections(world: World) -> int:
    return _count(world, "backend_type = 'client backend' AND datname = 'together' AND pid <> pg_backend_pid()")


def _waiting(world: World) -> int:
    return _count(world, "wait_event_type = 'Lock'")


def _count(world: World, condition: str) -> int:
    with _database(world) as database:
        row = database.execute(f"SELECT count(*) FROM pg_stat_activity WHERE {condition}").fetchone()
    assert row
    return row[0]


def _wait_until(condition: Callable[[], bool]) -> None:
    deadline = time.monotonic() + 15
    while not condition():
        assert time.monotonic() < deadline
        time.sleep(0.05)
