"""Several processes on one database, with Redis between them, are as good as one: a whole one and its two parts."""

import asyncio
import json
import sys
import time
from collections.abc import AsyncIterator, Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any

import httpx
import psutil
import psycopg
import pytest
from websockets.asyncio.client import ClientConnection, connect

from together.database.embedded import Cluster
from together.testing.gateway import run
from together.testing.process import Instance
from together.testing.redis import Redis

SERVER = "/api/servers/00000000-0000-0000-0000-000000000100"
GENERAL, STRATEGY = (f"/api/channels/00000000-0000-0000-0000-000000000{number}" for number in (300, 303))
PEOPLE = {name: f"00000000-0000-0000-0000-00000000000{place}" for place, name in enumerate(("bob", "charlie"), 2)}

pytestmark = [
    pytest.mark.skipif(sys.platform == "win32", reason="the embedded database has a Unix socket"),
    pytest.mark.timeout(180),
]


@dataclass
class World:
    """One database and one Redis for a `whole` instance and for one that is split into `http` and `gateway`."""

    database: Cluster
    redis: Redis
    whole: Instance
    http: Instance
    gateway: Instance

    @property
    def all(self) -> list[Instance]:
        return [self.whole, self.http, self.gateway]


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    data = tmp_path_factory.mktemp("several")
    with Redis() as redis, Cluster(data) as cluster, ThreadPoolExecutor(3) as together:
        shared = {
            "REDIS_URL": redis.url,
            "SECRET_KEY": "the same in all processes, " * 3,
            "DATABASE_URL": f"postgresql://postgres@/together?host={cluster.socket_dir}",
        }
        instances = [Instance(data / part, only, **shared) for part, only in _PARTS]
        try:
            # At once: only one of them migrates.
            list(together.map(Instance.start, instances))
            yield World(cluster, redis, *instances)
        finally:
            list(together.map(Instance.kill, instances))


_PARTS = [("whole", ""), ("http", "http"), ("gateway", "gateway")]


def test_each_part_does_its_own_and_all_say_how_they_fare(world: World) -> None:
    for instance in world.all:
        ready = httpx.get(f"{instance.url}/api/health/ready")
        assert ready.json() == {"ready": True, "checks": {"database": {"ok": True}, "redis": {"ok": True}}}
    assert [httpx.get(f"{instance.url}/login").status_code for instance in world.all] == [200, 200, 404]
    assert ["Sign in as" in instance.log.read_text() for instance in world.all] == [True, True, False]
    assert httpx.get(f"{world.http.url}/ws").status_code == 404


def test_what_is_done_in_one_process_is_heard_in_the_others(world: World) -> None:
    async def story() -> None:
        alice, charlie = sign_in(world.http, "alice"), sign_in(world.whole, "charlie")
        async with listen(world.whole, charlie) as first, listen(world.gateway, charlie) as second:
            for place, instance in enumerate((world.http, world.whole)):
                assert await post(instance, alice, f"{GENERAL}/messages", {"content": f"news {place}"}) == 201
                for socket in (first, second):
                    assert (await hear(socket, "MESSAGE_CREATE"))["content"] == f"news {place}"
            # A change of what roles and members may see, in both directions.
            hidden = {"user_id": PEOPLE["charlie"], "allow": 0, "deny": 1}
            assert await put(world.http, alice, f"{STRATEGY}/overrides", hidden) == 200
            await hear(first, "CHANNEL_DELETE", within=2)
            await hear(second, "CHANNEL_DELETE", within=2)
            seen = {"user_id": PEOPLE["charlie"], "allow": 1, "deny": 0}
            assert await put(world.whole, alice, f"{STRATEGY}/overrides", seen) == 200
            await hear(first, "CHANNEL_CREATE", within=2)
            await hear(second, "CHANNEL_CREATE", within=2)
            assert await post(world.http, alice, f"{SERVER}/members/{PEOPLE['charlie']}/kick", {}) == 204
            for socket in (first, second):
                await hear(socket, "MEMBER_KICK", within=2)
            assert await post(world.http, alice, f"{GENERAL}/messages", {"content": "without charlie"}) == 201
            for socket in (first, second):
                with pytest.raises(TimeoutError):
                    await hear(socket, "MESSAGE_CREATE", within=0.5)

    run(story())


def test_signing_out_in_one_process_closes_the_sockets_in_another(world: World) -> None:
    async def story() -> None:
        bob = sign_in(world.http, "bob")
        async with listen(world.gateway, bob) as socket:
            assert await post(world.http, bob, "/api/auth/logout", {}) in (200, 204)
            await asyncio.wait_for(socket.wait_closed(), 2)
            assert socket.close_code == 4004

    run(story())


def test_redis_down_or_emptied_sends_still_answer_201_and_are_told_when_it_is_back(world: World) -> None:
    async def story() -> None:
        bob = sign_in(world.http, "bob")
        async with listen(world.gateway, bob) as first, listen(world.whole, bob) as second:
            world.redis.kill()
            for instance in (world.http, world.whole):
                began = time.monotonic()
                assert await post(instance, bob, f"{GENERAL}/messages", {"content": "while redis is down"}) == 201
                assert time.monotonic() - began < 5
                ready = httpx.get(f"{instance.url}/api/health/ready")
                assert (ready.status_code, ready.json()["checks"]["redis"]["ok"]) == (200, False)
            world.redis.start()
            for socket in (first, second):
                for _message in range(2):
                    assert (await hear(socket, "MESSAGE_CREATE", within=10))["content"] == "while redis is down"
            world.redis.flush()
            assert await post(world.http, bob, f"{GENERAL}/messages", {"content": "after a flush"}) == 201
            for socket in (first, second):
                assert (await hear(socket, "MESSAGE_CREATE"))["content"] == "after a flush"

    run(story())


def test_without_the_database_requests_fail_soon_and_none_has_to_be_started_again(world: World) -> None:
    bob = sign_in(world.http, "bob")

    def status(instance: Instance, path: str, timeout: float) -> int:
        return httpx.get(f"{instance.url}/api{path}", headers=bearer(bob), timeout=timeout).status_code

    with ThreadPoolExecutor(8) as many:
        world.database.stop()
        try:
            unready = [many.submit(status, instance, "/health/ready", 7) for instance in world.all]
            failed = [many.submit(status, instance, "/servers", 10) for instance in (world.http, world.whole)]
            alive = [many.submit(status, instance, "/health/live", 2) for instance in world.all]
            assert {answer.result() for answer in alive} == {200}
            assert {answer.result() for answer in unready + failed} == {503}
        finally:
            world.database.start()
        recovered = [
            many.submit(within, 10, lambda instance=instance, path=path: status(instance, path, 10) == 200)
            for instance, path in [(part, "/health/ready") for part in world.all]
            + [(part, "/servers") for part in (world.http, world.whole)]
        ]
        assert all(answer.result() for answer in recovered)


def test_two_processes_one_killed_the_other_goes_on(world: World) -> None:
    async def story() -> None:
        bob = sign_in(world.http, "bob")
        async with listen(world.gateway, bob) as socket:
            world.whole.kill()
            assert await post(world.http, bob, f"{GENERAL}/messages", {"content": "we go on"}) == 201
            assert (await hear(socket, "MESSAGE_CREATE"))["content"] == "we go on"

    run(story())


def test_a_process_that_is_told_to_end_finishes_what_it_has_begun(world: World) -> None:
    async def story() -> None:
        bob = sign_in(world.http, "bob")
        async with listen(world.gateway, bob) as socket:
            with psycopg.connect(host=str(world.database.socket_dir), user="postgres", dbname="together") as held:
                held.execute("LOCK TABLE messages IN ACCESS EXCLUSIVE MODE")
                answer = asyncio.create_task(post(world.http, bob, f"{GENERAL}/messages", {"content": "the last"}))
                await asyncio.sleep(0.5)
                ended = asyncio.create_task(asyncio.to_thread(world.http.stop))
                await asyncio.sleep(0.5)
            assert await answer == 201
            assert await ended == 0
            assert (await hear(socket, "MESSAGE_CREATE"))["content"] == "the last"
            assert await asyncio.to_thread(world.gateway.stop) == 0
            await asyncio.wait_for(socket.wait_closed(), 5)
            assert socket.close_code == 1012

    run(story())


@pytest.mark.skipif(sys.platform != "linux", reason="a parent's death is told on Linux only")
def test_a_launcher_that_is_killed_takes_its_worker_with_it(world: World) -> None:
    world.http.start()
    assert world.http.process is not None
    [worker] = psutil.Process(world.http.process.pid).children()
    world.http.kill()
    psutil.wait_procs([worker], timeout=10)
    assert not worker.is_running()


def sign_in(instance: Instance, name: str) -> str:
    token: str = instance.sign_in(name)["access_token"]
    return token


def bearer(token: str) -> dict[str, str]:
    return {"Authorization": f"Bearer {token}"}


@asynccontextmanager
async def listen(instance: Instance, token: str) -> AsyncIterator[ClientConnection]:
    """A socket past READY."""
    async with connect(f"ws://127.0.0.1:{instance.port}/ws?token={token}") as socket:
        await hear(socket, "READY")
        yield socket


async def post(instance: Instance, token: str, path: str, body: dict[str, Any]) -> int:
    return await _ask(httpx.post, instance, token, path, body)


async def put(instance: Instance, token: str, path: str, body: dict[str, Any]) -> int:
    return await _ask(httpx.put, instance, token, path, body)


async def _ask(method: Callable[..., httpx.Response], instance: Instance, token: str, path: str, body: Any) -> int:
    answer = await asyncio.to_thread(method, f"{instance.url}{path}", json=body, headers=bearer(token), timeout=20)
    return answer.status_code


async def hear(socket: ClientConnection, name: str, within: float = 5) -> dict[str, Any]:
    """The payload of the next event of that name; others are passed over."""
    async with asyncio.timeout(within):
        while True:
            frame = json.loads(await socket.recv())
            if frame["t"] == name:
                payload: dict[str, Any] = frame["d"]
                return payload


def within(seconds: float, holds: Callable[[], bool]) -> bool:
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        if holds():
            return True
        time.sleep(0.1)
    return False
