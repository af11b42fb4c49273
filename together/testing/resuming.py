"""Steps of tests in which somebody goes away and comes back."""

import asyncio
from typing import Any

from chat.actions import send_message
from together.events.log import is_pending
from together.testing.cast import Cast
from together.testing.gateway import act
from together.testing.sockets import Client, Site, opened


async def place_of(site: Site, person: str) -> str:
    """Where somebody was when they went away."""
    async with opened(site, person) as client:
        return str(client.frames[0]["s"])


async def resumes(site: Site, person: str, place: str) -> bool:
    """Whether somebody who comes back goes on from a place, instead of beginning afresh."""
    async with opened(site, person, resume=place) as client:
        return bool(client.frames[0]["d"]["resumed"])


async def say(cast: Cast, *words: str) -> list[Any]:
    """Let alice say something in `#general`; returns the messages."""
    return [await act(send_message, actor=cast.alice, channel_id=cast.general.pk, content=word) for word in words]


async def announced() -> None:
    """Wait until everything that has happened has its place."""
    async with asyncio.timeout(5):
        while await act(is_pending):
            await asyncio.sleep(0.02)


async def told(client: Client, last: str) -> list[str]:
    """What a socket is told, up to a message that ends it: names of events, and of messages the text."""
    frames: list[dict[str, Any]] = []
    while not frames or frames[-1]["d"].get("content") != last:
        frames.append(await client.next())
    return [frame["d"].get("content", frame["t"]) for frame in frames]
