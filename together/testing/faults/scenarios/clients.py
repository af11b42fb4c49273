"""Clients that do not read, come back all at once, or come and go without end."""

import asyncio
import socket
import time
from pathlib import Path

import httpx
import psutil

from together.testing.faults.scenarios.crowd import (
    EACH,
    MESSAGES,
    Sender,
    all_arrive,
    all_hear,
    all_leave,
    arrive,
    newcomers,
    owner,
)
from together.testing.faults.world import World

MIB = 1024 * 1024


def a_client_that_stops_reading_is_dropped_within_30_s_and_others_go_on(directory: Path) -> str:
    """Memory is back afterwards."""
    with World(directory) as world:
        [person, other] = newcomers(world, 2)
        alice, process = owner(world), _process(world)

        async def story() -> tuple[float, int]:
            [listener] = await all_arrive(world, [other])
            deaf = _deaf(world, person.token)
            await asyncio.sleep(1)
            assert _sockets(world) == 2
            memory = process.memory_info().rss
            began = time.monotonic()
            for number in range(1000):
                content = f"{number} ".ljust(3900, "🙂")
                status, _content = await asyncio.to_thread(alice.settle, "POST", MESSAGES, {"content": content})
                assert status == 201
                await all_hear([listener], content, 5)
                if _sockets(world) == 1:
                    break
                assert time.monotonic() < began + 30, "still connected after 30 s"
            took = time.monotonic() - began
            deaf.close()
            await all_leave([listener])
            return took, process.memory_info().rss - memory

        took, more = asyncio.run(story())
        assert more < 20 * MIB, f"{more / MIB:.0f} MiB more memory"
        return f"dropped after {took:.1f} s, {more / MIB:+.1f} MiB; every message reached the other within 5 s"


def five_hundred_clients_reconnecting_within_one_second(directory: Path) -> str:
    """All READY within 30 s; REST p99 below 2 s meanwhile."""
    with World(directory) as world:
        people, sender = newcomers(world, 500 // EACH), Sender(world, rate=5)

        async def story() -> float:
            sockets = await all_arrive(world, people * EACH)
            for one in sockets:
                one.transport.abort()
            began = time.monotonic()
            sending = asyncio.create_task(asyncio.to_thread(sender.run, 8))
            sockets = await all_arrive(world, people * EACH)
            took = time.monotonic() - began
            await sending
            await all_leave(sockets)
            return took

        took = asyncio.run(story())
        assert took < 30, f"{took:.1f} s until all were ready"
        assert set(sender.statuses) <= {201}, f"answers meanwhile: {sender.statuses}"
        assert sender.slowest(0.99) < 2, f"p99 {sender.slowest(0.99):.1f} s"
        return f"all ready in {took:.1f} s; 99 of 100 sends meanwhile within {sender.slowest(0.99):.2f} s"


def clients_that_come_and_go_leave_nothing_behind(directory: Path) -> str:
    """Memory, file descriptors and database connections are flat."""
    with World(directory) as world:
        people, process = newcomers(world, 5), _process(world)

        async def churn(seconds: float) -> int:
            count, until = 0, time.monotonic() + seconds
            while time.monotonic() < until:
                sockets = await asyncio.gather(*(arrive(world, person) for person in people))
                for number, one in enumerate(sockets):
                    await one.close() if number % 2 else one.transport.abort()
                count += len(sockets)
            await asyncio.sleep(1)
            return count

        asyncio.run(churn(5))
        files, memory = process.num_fds(), process.memory_info().rss
        count = asyncio.run(churn(30))
        more_files, more_memory = process.num_fds() - files, process.memory_info().rss - memory
        assert more_files <= 5, f"{more_files} more file descriptors"
        assert more_memory < 20 * MIB, f"{more_memory / MIB:.0f} MiB more memory"
        return f"{count} connections: {more_files:+d} file descriptors, {more_memory / MIB:+.1f} MiB"


def _process(world: World) -> psutil.Process:
    process = world.instances[0].process
    assert process
    return psutil.Process(process.pid)


def _sockets(world: World) -> int:
    """How many are open, as the process counts them."""
    count: int = httpx.get(f"{world.instances[0].url}/api/health", timeout=10).json()["connections"]["websocket"]
    return count


def _deaf(world: World, token: str) -> socket.socket:
    """A socket that shakes hands and then never reads."""
    narrow = socket.socket()
    narrow.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
    narrow.connect(("127.0.0.1", world.ports[0]))
    narrow.sendall(
        f"GET /ws?token={token} HTTP/1.1\r\nHost: 127.0.0.1\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
        "Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\n\r\n".encode()
    )
    narrow.recv(1)
    return narrow
