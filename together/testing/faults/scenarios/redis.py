"""Redis that is away for long."""

import asyncio
import time
from pathlib import Path

from together.testing.faults.scenarios.crowd import MESSAGES, Sender, all_arrive, all_hear, all_leave, newcomers, owner
from together.testing.faults.world import World


def redis_down_for_60_s(directory: Path) -> str:
    """Sends still answer 201 and are stored; the gateway is back by itself within 10 s."""
    with World(directory, processes=2) as world:
        people, sender, alice = newcomers(world, 2), Sender(world, rate=2), owner(world)
        assert world.redis

        async def story() -> float:
            assert world.redis
            sockets = await all_arrive(world, people)
            world.redis.kill()
            await asyncio.to_thread(sender.run, 60)
            world.redis.start()
            began = time.monotonic()
            status, _content = await asyncio.to_thread(alice.settle, "POST", MESSAGES, {"content": "redis is back"})
            assert status == 201
            await all_hear(sockets, "redis is back", 10)
            await all_leave(sockets)
            return time.monotonic() - began

        back = asyncio.run(story())
        assert set(sender.statuses) == {201}, f"answers without Redis: {sender.statuses}"
        stored = alice.settle("GET", f"{MESSAGES}?limit=100")[1]
        assert len([one for one in stored if one["content"] == "steady"]) == min(100 - 1, len(sender.answers))
        return f"{len(sender.answers)} of 120 answered 201 meanwhile; heard again {back:.1f} s after Redis was back"
