"""Two processes on one database, with Redis between them, are as good as one."""

import asyncio
import json
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest
from websockets.asyncio.client import ClientConnection, connect

from together.database.embedded import socket_dir
from together.testing.gateway import run
from together.testing.process import Instance, free_port

GENERAL = "00000000-0000-0000-0000-000000000300"
REDIS = shutil.which("redis-server")


class Redis:
    """A real Redis, which may go and come back."""

    def __init__(self) -> None:
        self.port = free_port()
        self.url = f"redis://127.0.0.1:{self.port}"

    def start(self) -> None:
        command = [str(REDIS), "--port", str(self.port), "--bind", "127.0.0.1", "--save", ""]
        self.process = subprocess.Popen(command, stdout=subprocess.DEVNULL)

    def kill(self) -> None:
        self.process.kill()
        self.process.wait()


@pytest.fixture
def redis() -> Iterator[Redis]:
    if REDIS is None and not os.environ.get("CI"):
        pytest.skip("redis-server is not installed: `make browser` gets it")
    redis = Redis()
    redis.start()
    yield redis
    redis.kill()


@pytest.mark.skipif(sys.platform == "win32", reason="the embedded database has a Unix socket")
@pytest.mark.timeout(180)
def test_what_one_process_takes_the_other_delivers_also_after_redis_was_gone(redis: Redis, tmp_path: Path) -> None:
    shared = {"REDIS_URL": redis.url, "SECRET_KEY": "the same in both processes, " * 3}
    database = f"postgresql://postgres@/together?host={socket_dir(tmp_path / 'one')}"
    with (
        Instance(tmp_path / "one", **shared) as one,
        Instance(tmp_path / "two", DATABASE_URL=database, **shared) as two,
    ):
        token = one.sign_in("bob")["access_token"]
        run(_story(redis, one, two, token))


async def _story(redis: Redis, one: Instance, two: Instance, token: str) -> None:
    async with connect(f"ws://127.0.0.1:{two.port}/ws?token={token}") as socket:
        assert (await _next(socket))["t"] == "READY"
        for word in ("one", "two", "three"):
            assert await _send(one, token, word) == 201
            assert (await _next(socket))["d"]["content"] == word
        redis.kill()
        assert await _send(one, token, "while redis is down") == 201
        redis.start()
        assert (await _next(socket, timeout=15))["d"]["content"] == "while redis is down"
        # A kick or a logout in one process ends a socket of the other.
        await asyncio.to_thread(httpx.post, f"{one.url}/api/auth/logout", headers=_bearer(token))
        await asyncio.wait_for(socket.wait_closed(), 2)
        assert socket.close_code == 4004


async def _next(socket: ClientConnection, timeout: float = 5) -> dict[str, Any]:
    frame: dict[str, Any] = json.loads(await asyncio.wait_for(socket.recv(), timeout))
    return frame


async def _send(instance: Instance, token: str, content: str) -> int:
    url = f"{instance.url}/api/channels/{GENERAL}/messages"
    answer = await asyncio.to_thread(httpx.post, url, json={"content": content}, headers=_bearer(token), timeout=20)
    return answer.status_code


def _bearer(token: str) -> dict[str, str]:
    return {"Authorization": f"Bearer {token}"}
