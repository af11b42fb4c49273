"""Two processes on one database, with Redis between them, are as good as one."""

import asyncio
import json
import sys
import time
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from typing import Any

import pytest
from websockets.asyncio.client import ClientConnection, connect

from together.testing import redis
from together.testing.faults import World
from together.testing.faults.ledger import GENERAL, PEOPLE, SERVER, Ledger
from together.testing.faults.line import Line, Person
from together.testing.gateway import run

pytestmark = [
    pytest.mark.skipif(sys.platform == "win32", reason="the embedded database has a Unix socket"),
    pytest.mark.timeout(180),
]
# Seconds in which a change of access counts in every process, and in which a gateway is back after Redis was gone.
REVOKED, BACK = 2.0, 10.0


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    redis.required()
    with World(tmp_path_factory.mktemp("world"), processes=2) as world:
        yield world


@pytest.fixture
def bob(world: World) -> list[Line]:
    """His way to the first process, and to the second."""
    return _lines(world, "bob")


def test_what_one_process_takes_the_other_delivers(world: World, bob: list[Line]) -> None:
    async def story() -> None:
        async with _opened(bob[0], world.ports[1]) as socket:
            for word in ("one", "two", "three"):
                await _send(bob[0], word)
                assert (await _next(socket))["d"]["content"] == word

    run(story())


def test_redis_down_sends_still_answer_201_and_are_told_when_it_is_back(world: World, bob: list[Line]) -> None:
    async def story() -> None:
        assert world.redis
        async with _opened(bob[0], world.ports[1]) as socket:
            world.redis.kill()
            await _send(bob[0], "while redis is down")
            world.redis.start()
            assert (await _next(socket, BACK))["d"]["content"] == "while redis is down"

    run(story())


def test_redis_emptied_or_cut_off_loses_nothing(world: World, bob: list[Line]) -> None:
    async def story() -> None:
        assert world.redis
        async with _opened(bob[0], world.ports[1]) as socket:
            for fault in (world.redis.flush, world.redis.cut):
                fault()
                await _send(bob[0], "whatever happened to redis")
                assert (await _next(socket, BACK))["d"]["content"] == "whatever happened to redis"

    run(story())


def test_two_processes_one_killed_the_other_goes_on(world: World, bob: list[Line]) -> None:
    async def story() -> None:
        async with _opened(bob[1], world.ports[1]) as socket:
            world.instances[0].kill()
            await _send(bob[1], "one is enough")
            assert (await _next(socket))["d"]["content"] == "one is enough"
            await asyncio.to_thread(world.instances[0].start)
            # The old connection is gone with the old process.
            bob[0].close()
            await _send(bob[0], "and two are as good")
            assert (await _next(socket))["d"]["content"] == "and two are as good"

    run(story())


def test_a_kick_in_one_process_ends_what_sockets_of_the_other_hear(world: World, bob: list[Line]) -> None:
    async def story() -> None:
        async with _opened(_lines(world, "eve")[0], world.ports[1]) as socket:
            kick = f"/servers/{SERVER}/members/{PEOPLE['eve']}/kick"
            assert (await asyncio.to_thread(bob[0].ask, "POST", kick))[0] == 204
            since = time.monotonic()
            assert (await _next(socket, REVOKED))["t"] == "MEMBER_KICK"
            await _send(bob[0], "without her")
            with pytest.raises(TimeoutError):
                await _next(socket, REVOKED - (time.monotonic() - since))

    run(story())


def test_the_end_of_a_sign_in_in_one_process_closes_a_socket_of_the_other(world: World) -> None:
    async def story() -> None:
        [first, second] = _lines(world, "charlie")
        async with _opened(second, world.ports[1]) as socket:
            assert (await asyncio.to_thread(first.ask, "POST", "/auth/logout"))[0] == 204
            await asyncio.wait_for(socket.wait_closed(), REVOKED)
            assert socket.close_code == 4004

    run(story())


def _lines(world: World, name: str) -> list[Line]:
    person, ledger = Person(name), Ledger()
    lines = [Line(person, world.ports, ledger, first=place) for place in range(2)]
    lines[0].sign_in()
    return lines


@asynccontextmanager
async def _opened(line: Line, port: int) -> AsyncIterator[ClientConnection]:
    """A socket past READY."""
    async with connect(f"ws://127.0.0.1:{port}/ws?token={line.person.token}") as socket:
        assert (await _next(socket))["t"] == "READY"
        yield socket


async def _next(socket: ClientConnection, timeout: float = 5) -> dict[str, Any]:
    frame: dict[str, Any] = json.loads(await asyncio.wait_for(socket.recv(), timeout))
    return frame


async def _send(line: Line, content: str) -> None:
    path = f"/channels/{GENERAL}/messages"
    status, _message = await asyncio.to_thread(line.ask, "POST", path, {"content": content})
    assert status == 201
