"""Many people with many sockets."""

import asyncio
import time
from collections.abc import Iterable
from concurrent.futures import ThreadPoolExecutor
from queue import LifoQueue
from typing import Any

import orjson
from websockets.asyncio.client import ClientConnection, connect

from together.testing.faults.ledger import GENERAL, SERVER, Ledger
from together.testing.faults.line import Line, Person
from together.testing.faults.world import World

# Sockets that one person may have in one process.
EACH = 20
MESSAGES = f"/channels/{GENERAL}/messages"


def owner(world: World) -> Line:
    """Alice's way to the API."""
    line = Line(Person("alice"), world.ports, Ledger())
    line.sign_in()
    return line


def newcomers(world: World, count: int) -> list[Person]:
    """So many new members of the demo's server, signed in."""
    alice = owner(world)
    code = alice.settle("POST", f"/servers/{SERVER}/invites", {})[1]["code"]

    def come(number: int) -> Person:
        person = Person(f"newcomer{number}")
        line = Line(person, world.ports, Ledger())
        body = {"username": person.name, "password": "a long enough one"}
        person.token = line.ask("POST", "/auth/register", body)[1]["access_token"]
        assert line.settle("POST", f"/invites/{code}/accept")[0] == 201
        return person

    with ThreadPoolExecutor(4) as threads:
        return list(threads.map(come, range(count)))


async def arrive(world: World, person: Person) -> ClientConnection:
    """A socket past READY, which goes on reading into memory without a limit. Comes again until it is let in."""
    deadline = time.monotonic() + 30
    while True:
        try:
            url = f"ws://127.0.0.1:{world.ports[0]}/ws?token={person.token}"
            socket = await connect(url, open_timeout=30, max_queue=None, ping_interval=None, compression=None)
            assert orjson.loads(await socket.recv())["t"] == "READY"
            return socket
        except Exception:
            if time.monotonic() > deadline:
                raise
            await asyncio.sleep(0.5)


async def all_arrive(world: World, people: Iterable[Person]) -> list[ClientConnection]:
    """A socket for each of them, all at once."""
    return list(await asyncio.gather(*(arrive(world, person) for person in people)))


async def all_hear(sockets: Iterable[ClientConnection], content: str, seconds: float) -> None:
    """Wait until every socket was told that message. Raises `TimeoutError`."""

    async def hear(socket: ClientConnection) -> None:
        while (await _next(socket)).get("d", {}).get("content") != content:
            pass

    async with asyncio.timeout(seconds):
        await asyncio.gather(*(hear(socket) for socket in sockets))


async def all_leave(sockets: Iterable[ClientConnection]) -> None:
    await asyncio.gather(*(socket.close() for socket in sockets))


async def _next(socket: ClientConnection) -> dict[str, Any]:
    frame: dict[str, Any] = orjson.loads(await socket.recv())
    return frame


class Sender:
    """Somebody who sends at a steady pace, on several connections, and writes down each answer and how long it took."""

    def __init__(self, world: World, rate: float, threads: int = 20) -> None:
        self.answers: list[tuple[int, float]] = []
        self._rate = rate
        person = owner(world).person
        self._threads = threads
        # The last one that was used: a connection that is idle for long is closed by the server.
        self._idle: LifoQueue[Line] = LifoQueue()
        for _ in range(threads):
            self._idle.put(Line(person, world.ports, Ledger()))

    def run(self, seconds: float) -> None:
        """Send for so long, whether or not earlier requests were answered."""
        began = time.monotonic()
        with ThreadPoolExecutor(self._threads) as threads:
            for number in range(int(seconds * self._rate)):
                time.sleep(max(0.0, began + number / self._rate - time.monotonic()))
                threads.submit(self._send)

    @property
    def statuses(self) -> dict[int, int]:
        """How often each status was the answer; 0 stands for none."""
        found = [status for status, _ in self.answers]
        return {status: found.count(status) for status in sorted(set(found))}

    def slowest(self, share: float = 1.0) -> float:
        """Seconds within which that share of the answers came."""
        return sorted(took for _, took in self.answers)[int(len(self.answers) * share) - 1]

    def _send(self) -> None:
        line = self._idle.get()
        began = time.monotonic()
        try:
            status, _content = line.ask("POST", MESSAGES, {"content": "steady"}, 60)
        except Exception:
            status = 0
        self.answers.append((status, time.monotonic() - began))
        self._idle.put(line)
