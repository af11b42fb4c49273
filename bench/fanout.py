"""What it costs to tell five hundred people of a message: `python bench/fanout.py [--quick]`.

Our gateway from end to end (a message is sent over REST and heard on sockets of as many people) stands beside
`websockets.broadcast()`, a stock Channels consumer with its layer in memory, and Node's `ws` where
`NODE_PATH=… node -e "require('ws')"` works. All say the same number of bytes, from one core, to one load generator on
the other. All sockets are open all the time, and they take short turns: a machine that others share is now faster, now
slower, so each is compared with its yardstick in the same round.

What is told within 20 ms, our gateway writes together, so a delivery costs less the more is said: "ours" is a busy
channel. (With one message under way at a time it costs more than the library's: the core sleeps in between.)
"""

import sys
from pathlib import Path

# Else this folder comes first, and its `http.py` hides Python's own.
sys.path[0] = str(Path(__file__).resolve().parent.parent)

# isort: split

import argparse
import asyncio
import shutil
import statistics
import subprocess
import time
from collections import defaultdict
from collections.abc import AsyncIterator, Callable, Coroutine
from contextlib import AsyncExitStack, asynccontextmanager, suppress
from dataclasses import dataclass, field
from typing import Any, Self

from bench.instance import SERVER_CORE, cpu, cpu_beside, limit, people, pin, running  # sets Django up

# isort: split

import psutil
import uvloop

from accounts.models import User
from bench.load import Client, Listener, post
from guilds.models import Channel, Server
from together.gateway.attendance import GRACE
from together.testing.process import free_port

SOCKETS = 500
# Broadcasts under way at a time when as much as possible is told (enough that nobody waits for the disk), and
# broadcasts per second when latency is measured.
WINDOW, RATE = 12, 20
ROUNDS, SECONDS = 9, 1.0
QUICK_ROUNDS = 3
TEXT = "#{:010}# Has anybody seen the keys of the van?"
YARDSTICKS = Path(__file__).resolve().parent / "yardsticks"

Tell = Callable[[int], Coroutine[Any, Any, None]]


@dataclass
class Room:
    """Sockets that hear the same, and how to tell them something."""

    server: int
    tell: Tell
    listeners: list[Listener] = field(default_factory=list)
    heard: int = 0
    size: int = 0
    """Of the last message, in bytes."""
    sent: dict[int, float] = field(default_factory=dict)
    took: list[float] = field(default_factory=list)

    def hear(self, message: bytes) -> None:
        self.heard += 1
        self.size = len(message)
        if self.sent:
            mark = message.find(b"#")
            self.took.append(time.perf_counter() - self.sent[int(message[mark + 1 : mark + 11])])

    async def until_heard(self, count: int, patience: float = 20.0) -> None:
        async with asyncio.timeout(patience):
            while self.heard < count:
                # Looked at, not told: a wake-up for each message would cost more.
                await asyncio.sleep(0.001)


@dataclass
class Figures:
    """Of one row of the table, a value for each round."""

    cost: list[float] = field(default_factory=list)
    """Microseconds of the server's CPU for one delivery."""
    gross: list[float] = field(default_factory=list)
    """The same, with what else the server did for it."""
    rate: list[float] = field(default_factory=list)
    """Deliveries in a second."""
    took: list[float] = field(default_factory=list)
    """Seconds from telling to hearing, of all rounds."""
    arrived: list[float] = field(default_factory=list)
    server: list[float] = field(default_factory=list)
    load: list[float] = field(default_factory=list)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--quick", action="store_true", help="fewer rounds")
    quick: bool = parser.parse_args().quick
    with running() as instance:
        assert instance.process is not None
        ours = Ours(instance.port, instance.process.pid, Scene.of("Large", 2 * SOCKETS), Scene.of("Quiet", 2 * WINDOW))
        uvloop.run(compare(ours, QUICK_ROUNDS if quick else ROUNDS, SECONDS))


@dataclass
class Scene:
    """A channel, and people who see it."""

    path: str
    tokens: list[str]

    @classmethod
    def of(cls, name: str, size: int) -> Self:
        server = Server.objects.create(name=name, owner=User.objects.create(username=f"owner of {name}"))
        channel = Channel.objects.create(server=server, name="general")
        return cls(f"/api/channels/{channel.pk}/messages", people(size, server)[1])


@dataclass
class Ours:
    """The product: a large channel, and one where nobody listens."""

    port: int
    server: int
    large: Scene
    quiet: Scene

    @asynccontextmanager
    async def room(self, scene: Scene, sockets: int) -> AsyncIterator[Room]:
        writers: asyncio.Queue[tuple[Client, str]] = asyncio.Queue()
        for token in scene.tokens[: WINDOW * 2]:
            writers.put_nowait((await Client.open(self.port), token))

        async def tell(number: int) -> None:
            client, token = await writers.get()
            if client.transport.is_closing():
                # The server closes what is idle for some seconds.
                client = await Client.open(self.port)
            await client.ask(post(scene.path, token, f'{{"content": "{TEXT.format(number)}"}}'.encode()), 201)
            writers.put_nowait((client, token))

        room = Room(self.server, tell)
        await self.enter(room, scene.tokens[:sockets])
        yield room
        for listener in room.listeners:
            listener.close()
        while not writers.empty():
            writers.get_nowait()[0].close()

    async def enter(self, room: Room, tokens: list[str]) -> None:
        """Open a socket for each of these people, and wait for all their READYs and until all know who is there."""

        def hear(message: bytes) -> None:
            if b'"t":"PRESENCE_UPDATE"' not in message:
                room.hear(message)

        room.heard = 0
        for token in tokens:
            room.listeners.append(await Listener.open(self.port, f"/ws?token={token}", hear))
        await room.until_heard(len(tokens))
        await settle(self.server)
        room.heard = 0


@asynccontextmanager
async def yardstick(command: list[str], size: int) -> AsyncIterator[Room]:
    """A server of its own that says to all whatever one of them says."""
    port = free_port()
    with subprocess.Popen([*command, str(port), str(size)]) as process:
        try:
            pin(process.pid, SERVER_CORE)

            async def tell(number: int) -> None:
                room.listeners[0].say(TEXT.format(number).encode())

            room = Room(process.pid, tell)
            for _ in range(SOCKETS):
                room.listeners.append(await _patiently(port, room.hear))
            yield room
            for listener in room.listeners:
                listener.close()
        finally:
            process.kill()


async def settle(server: int, patience: float = 10.0) -> None:
    """Wait until a server has nothing left to do, such as to see off those who have gone."""
    deadline, used = time.monotonic() + patience, -1.0
    while time.monotonic() < deadline and cpu(server) - used > 0.01:
        used = cpu(server)
        await asyncio.sleep(0.3)


async def _patiently(port: int, heard: Callable[[bytes], object]) -> Listener:
    deadline = time.monotonic() + 10
    while True:
        try:
            return await Listener.open(port, "/", heard)
        except OSError:
            if time.monotonic() > deadline:
                raise
            await asyncio.sleep(0.05)


async def compare(ours: Ours, rounds: int, seconds: float) -> None:
    figures: defaultdict[str, Figures] = defaultdict(Figures)
    posts: list[float] = []
    async with AsyncExitStack() as stack:
        quiet = await stack.enter_async_context(ours.room(ours.quiet, 0))
        large = await stack.enter_async_context(ours.room(ours.large, SOCKETS))
        memory = await measure_memory(ours, large)
        await large.tell(0)
        await large.until_heard(SOCKETS)
        rooms = {"ours": large}
        for name, command in commands().items():
            rooms[name] = await stack.enter_async_context(yardstick(command, large.size))
        for _round in range(rounds):
            served = cpu(ours.server)
            told = await saturate(quiet, seconds)
            posts.append((cpu(ours.server) - served) / told)
            for name, room in rooms.items():
                await measure(room, seconds, figures[name], posts[-1] if name == "ours" else 0)
    print(f"{SOCKETS} sockets, {large.size} bytes a message, medians of {rounds} rounds of 2 × {seconds} s.\n")
    show(figures, posts, memory)


def commands() -> dict[str, list[str]]:
    found = {
        "websockets.broadcast()": [sys.executable, str(YARDSTICKS / "broadcast.py")],
        "stock Channels consumer": [sys.executable, str(YARDSTICKS / "stock.py")],
    }
    node = shutil.which("node")
    if node and not subprocess.run([node, "-e", "require('ws')"], stderr=subprocess.DEVNULL).returncode:
        found["Node ws"] = [node, str(YARDSTICKS / "plain.js")]
    else:
        print("Node's ws is left out: it is not there.")
    return found


async def measure(room: Room, seconds: float, figures: Figures, post: float) -> None:
    """As much as goes, then a steady rate. `post` is what else a broadcast costs the server, in seconds of CPU."""
    room.sent.clear()
    room.took.clear()
    await settle(room.server)
    begun, served, beside = time.perf_counter(), cpu(room.server), cpu_beside(room.server)
    told = await saturate(room, seconds)
    lasted, used = time.perf_counter() - begun, cpu(room.server) - served
    figures.cost.append((used - told * post) / room.heard * 1e6)
    figures.gross.append(used / room.heard * 1e6)
    figures.rate.append(room.heard / lasted)
    figures.server.append(used / lasted)
    figures.load.append((cpu_beside(room.server) - beside) / lasted)
    await tell_steadily(room, seconds)
    figures.took += room.took
    figures.arrived.append(len(room.took) / len(room.sent) / len(room.listeners))


async def saturate(room: Room, seconds: float) -> int:
    """Keep a few broadcasts under way; returns how many there were, all of them heard."""
    told, sockets, until = 0, len(room.listeners), time.perf_counter() + seconds

    async def go_on() -> None:
        nonlocal told
        while time.perf_counter() < until:
            told += 1
            await room.tell(told)
            await room.until_heard((told - WINDOW + 1) * sockets)

    room.heard = 0
    await asyncio.gather(*(go_on() for _ in range(WINDOW)))
    await room.until_heard(told * sockets)
    return told


async def tell_steadily(room: Room, seconds: float) -> None:
    """The same number of broadcasts each second, whether the server keeps up or not."""
    under_way: list[asyncio.Task[None]] = []
    begun = time.perf_counter()
    for number in range(int(RATE * seconds)):
        await asyncio.sleep(begun + number / RATE - time.perf_counter())
        room.sent[number] = time.perf_counter()
        under_way.append(asyncio.create_task(room.tell(number)))
    await asyncio.wait(under_way)
    with suppress(TimeoutError):
        await room.until_heard(room.heard - len(room.took) + len(room.sent) * len(room.listeners), patience=1)


async def measure_memory(ours: Ours, room: Room) -> tuple[float, float]:
    """MB of the server with that many sockets, and KB for each of as many more."""
    process = psutil.Process(ours.server)
    some = process.memory_info().rss
    await ours.enter(room, ours.large.tokens[SOCKETS:])
    more = process.memory_info().rss
    for listener in room.listeners[SOCKETS:]:
        listener.close()
    del room.listeners[SOCKETS:]
    # Only then is everybody told that these people have left, which is a lot to tell.
    await asyncio.sleep(GRACE + 1)
    await settle(ours.server)
    room.heard = 0
    return some / 1e6, (more - some) / SOCKETS / 1e3


def show(figures: dict[str, Figures], posts: list[float], memory: tuple[float, float]) -> None:
    print(f"{'':24}{'CPU':>8}{'':>9}{'at most':>13}{'at ' + str(RATE) + ' messages/s, ms':>26}{'cores in use':>16}")
    print(f"{'':24}{'µs':>8}{'x lib':>9}{'deliveries/s':>13}{'p50':>9}{'p99':>8}{'arrived':>9}", end="")
    print(f"{'server':>8}{'load':>8}  limited by")
    library = figures["websockets.broadcast()"].cost
    for name, row in figures.items():
        cost, rate, server, load, arrived = (
            statistics.median(values) for values in (row.cost, row.rate, row.server, row.load, row.arrived)
        )
        # Of the same round: a machine that others share is now faster, now slower.
        ratio = statistics.median(mine / theirs for mine, theirs in zip(row.cost, library, strict=True))
        times = statistics.quantiles(row.took, n=100)
        print(f"{name:24}{cost:8.1f}{ratio:9.2f}{rate:13.0f}{times[49] * 1e3:9.1f}{times[98] * 1e3:8.1f}", end="")
        print(f"{arrived:9.0%}{server:8.0%}{load:8.0%}  {limit(server, load)}")
    post, gross = statistics.median(posts) * 1e3, statistics.median(figures["ours"].gross)
    print(f"\nOurs is without the POST, which takes {post:.2f} ms of the server when nobody listens; with it: ", end="")
    print(f"{gross:.1f} µs a delivery.")
    print(f"The server has {memory[0]:.0f} MB with {SOCKETS} sockets, and {memory[1]:.0f} KB for each further one.")


if __name__ == "__main__":
    main()
