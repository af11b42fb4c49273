"""PostgreSQL that does not answer, or has no connection left."""

import asyncio
import threading
import time
from pathlib import Path

import httpx

from together.testing.faults.scenarios.crowd import (
    EACH,
    MESSAGES,
    Sender,
    all_arrive,
    all_hear,
    all_leave,
    newcomers,
    owner,
)
from together.testing.faults.world import World, ready


def postgresql_frozen_for_30_s(directory: Path) -> str:
    """Requests fail within 10 s, liveness stays up, readiness says 503, and the pool recovers without a restart."""
    with World(directory) as world:
        url, sender = world.instances[0].url, Sender(world, rate=2)
        people = newcomers(world, 2)

        async def story() -> tuple[float, float]:
            sockets = await all_arrive(world, people)
            freeze = threading.Thread(target=world.freeze_database, args=[30])
            freeze.start()
            sending = asyncio.create_task(asyncio.to_thread(sender.run, 28))
            await asyncio.sleep(5)
            assert not await asyncio.to_thread(ready, world.instances[0]), "ready without a database"
            alive = await asyncio.to_thread(_answers_within, f"{url}/api/health/live")
            await sending
            await asyncio.to_thread(freeze.join)
            began = time.monotonic()
            status, _content = await asyncio.to_thread(owner(world).settle, "POST", MESSAGES, {"content": "thawed"})
            assert status == 201
            await all_hear(sockets, "thawed", 10)
            await all_leave(sockets)
            return alive, time.monotonic() - began

        alive, back = asyncio.run(story())
        # Who came shortly before the thaw was served after it.
        assert set(sender.statuses) == {201, 503}, f"answers while frozen: {sender.statuses}"
        assert sender.slowest() < 10, f"a request took {sender.slowest():.1f} s: {sender.answers}"
        assert back < 10, f"{back:.1f} s until messages went through again"
        return (
            f"answers {sender.statuses}, all within {sender.slowest():.1f} s; alive in {alive * 1000:.0f} ms; "
            f"after the thaw a message was sent and heard in {back:.1f} s"
        )


def database_connections_exhausted_by_500_sockets_and_50_requests_a_second(directory: Path) -> str:
    """503 or queueing, never a storm of 500s; idle sockets hold no connection."""
    with World(directory) as world:
        people, sender = newcomers(world, 500 // EACH), Sender(world, rate=50)

        async def story() -> int:
            sockets = await all_arrive(world, people * EACH)
            await asyncio.to_thread(sender.run, 20)
            connections = sum("postgres together" in " ".join(child.cmdline()) for child in world.postmaster.children())
            await all_leave(sockets)
            return connections

        connections = asyncio.run(story())
        assert set(sender.statuses) <= {201, 503}, f"answers: {sender.statuses}"
        assert connections <= 14, f"{connections} database connections"
        return f"answers {sender.statuses}, 99 of 100 within {sender.slowest(0.99):.1f} s, {connections} connections"


def _answers_within(url: str) -> float:
    began = time.monotonic()
    assert httpx.get(url, timeout=5).status_code == 200
    return time.monotonic() - began
