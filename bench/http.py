"""What the two hot requests cost beside an empty one: `python bench/http.py [--quick]`.

A real instance with a core to itself; the load and PostgreSQL share the other one. The empty request is an address that
does not exist under `/api`: it passes the bridge, every middleware, all routes and the API's own dispatch, and is then
refused without a look at the database. (`/api/health/live` would cost less, but Django never sees it.) Beside it stands
what everybody who is signed in pays: a request that is refused as soon as it is known who asks. No page is open: while
one is, a message costs 0.1 ms more, for its HTML.

A request that waits for the database lets the core go to sleep, and a core that wakes up is slow at first: the same
empty request costs about twice as much a few hundred times a second as back to back. So each is compared twice: with
empty requests back to back ("x empty"), and with as many of them in a second as there were of it ("x paced"). Both are
measured right before and after each stretch: a machine that others share is now faster, now slower. "x empty" is what
the aims are about. "x least" compares the least that each cost in any round
(https://docs.python.org/3/library/timeit.html, on `repeat()`): how far the rest may be the machine's, not whether an
aim is met.
"""

import sys
from pathlib import Path

# Else this folder comes first, and its `http.py` hides Python's own.
sys.path[0] = str(Path(__file__).resolve().parent.parent)

# isort: split

import argparse
import asyncio
import itertools
import statistics
import time
from collections import defaultdict
from collections.abc import Awaitable, Callable, Iterator
from dataclasses import dataclass, field
from datetime import timedelta

from bench.instance import cpu, cpu_beside, limit, people, running  # sets Django up

# isort: split

import uvloop
from django.utils import timezone

from accounts.models import User
from bench.load import Client, Listener, get, post
from chat.models import Message
from guilds.models import Channel, Server

SERVERS, CHANNELS = 20, 50
CONNECTIONS = (1, 8, 32)
PAGE = 50
ROUNDS, SECONDS = 7, 0.7
QUICK_ROUNDS, QUICK_SECONDS = 2, 0.5

# What one connection does again and again.
Deed = Callable[[], Awaitable[object]]


@dataclass
class Scene:
    """Somebody for each connection, and where they write and read."""

    port: int
    tokens: list[str]
    channels: list[Channel]
    _numbers: Iterator[int] = field(default_factory=itertools.count)

    async def deeds(self, kind: str, connection: int) -> tuple[Deed, Callable[[], None]]:
        """What a connection of that kind does, and how it ends."""
        token, channel = self.tokens[connection], self.channels[connection % len(self.channels)]
        if kind == "READY":
            return lambda: self._enter(token), lambda: None
        client = await Client.open(self.port)
        messages = f"/api/channels/{channel.pk}/messages"
        if kind == "send":
            return lambda: client.ask(post(messages, token, self._message()), 201), client.close
        path, status = {
            "empty": ("/api/nothing/here", 404),
            "signed in": ("/api/channels/nothing/messages", 400),
            "open": (messages, 200),
        }[kind]
        request = get(path, token)
        return lambda: client.ask(request, status), client.close

    def _message(self) -> bytes:
        # Each says something else, as people do: nothing is rendered once for all.
        number = next(self._numbers)
        return b'{"content": "Has anybody seen the keys of van %d?", "reply_to": null}' % number

    async def _enter(self, token: str) -> None:
        heard: asyncio.Queue[bytes] = asyncio.Queue()
        listener = await Listener.open(self.port, f"/ws?token={token}", heard.put_nowait)
        ready = await heard.get()
        listener.close()
        assert ready.startswith(b'{"op":"DISPATCH","t":"READY"'), ready


@dataclass
class Figure:
    rate: float
    cost: float
    """Milliseconds of the server's CPU for one request."""
    server: float
    """How busy the core of the server was, from 0 to 1."""
    load: float
    """How busy the other one was."""
    empty: float = 1.0
    """The cost of an empty request back to back at that time."""
    paced: float = 1.0
    """The same with as many in a second."""

    @property
    def by_empty(self) -> float:
        return self.cost / self.empty

    @property
    def by_paced(self) -> float:
        return self.cost / self.paced


KINDS = ("empty", "signed in", "send", "open", "READY")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--quick", action="store_true", help="fewer and shorter rounds")
    quick: bool = parser.parse_args().quick
    with running() as instance:
        tokens, channels = fill()
        assert instance.process is not None
        scene = Scene(instance.port, tokens, channels)
        rounds = (QUICK_ROUNDS, QUICK_SECONDS) if quick else (ROUNDS, SECONDS)
        uvloop.run(measure(scene, instance.process.pid, *rounds))


async def measure(scene: Scene, server: int, rounds: int, seconds: float) -> None:
    figures: defaultdict[tuple[str, int], list[Figure]] = defaultdict(list)
    latencies: defaultdict[tuple[str, int], list[float]] = defaultdict(list)
    await run(scene, "open", 8, server, seconds, [])
    # Sockets last: seconds after they are gone the server still has work with their people, who left.
    for kinds in (KINDS[:-1], KINDS[-1:]):
        for _round, connections, kind in itertools.product(range(rounds), CONNECTIONS, kinds):
            took = latencies[kind, connections]
            empty = await run(scene, "empty", connections, server, seconds, [])
            figure = await run(scene, kind, connections, server, seconds, took)
            figure.empty = empty.cost
            figure.paced = (await run(scene, "empty", connections, server, seconds, [], figure.rate)).cost
            figures[kind, connections].append(figure)
    print(f"Medians of {rounds} rounds of {seconds} s each; latencies in ms, CPU of the server process in ms.\n")
    print(f"{'':10}{'connections':>12}{'requests/s':>12}{'p50':>8}{'p99':>8}{'CPU':>8}", end="")
    print(f"{'x empty':>9}{'x least':>9}{'x paced':>9}{'server':>9}{'load':>8}  limited by")
    for kind, connections in itertools.product(KINDS, CONNECTIONS):
        rate, cost, by_empty, by_paced, server_core, load_core = (
            median(figures[kind, connections], name)
            for name in ("rate", "cost", "by_empty", "by_paced", "server", "load")
        )
        least = min(figure.cost for figure in figures[kind, connections])
        by_least = least / min(figure.empty for kind in KINDS for figure in figures[kind, connections])
        times = statistics.quantiles(latencies[kind, connections], n=100)
        print(f"{kind:10}{connections:12}{rate:12.0f}{times[49] * 1e3:8.1f}{times[98] * 1e3:8.1f}", end="")
        print(f"{cost:8.2f}{by_empty:9.1f}{by_least:9.1f}{by_paced:9.1f}", end="")
        print(f"{server_core:9.0%}{load_core:8.0%}  {limit(server_core, load_core)}")


async def run(
    scene: Scene, kind: str, connections: int, server: int, seconds: float, took: list[float], rate: float = 0.0
) -> Figure:
    """One stretch; at most `rate` requests in a second, or back to back."""
    deeds = [await scene.deeds(kind, number) for number in range(connections)]
    count, began = len(took), time.perf_counter()
    beside, served = cpu_beside(server), cpu(server)
    turns = [began + number / rate if rate else began for number in range(connections)]
    period = connections / rate if rate else 0.0
    await asyncio.gather(
        *(repeat(deed, began + seconds, took, turn, period) for (deed, _end), turn in zip(deeds, turns, strict=True))
    )
    lasted, done = time.perf_counter() - began, len(took) - count
    used, load = cpu(server) - served, cpu_beside(server) - beside
    figure = Figure(done / lasted, used / done * 1000, used / lasted, load / lasted)
    for _deed, end in deeds:
        end()
    # What is told of the last requests is told on nobody else's account.
    await asyncio.sleep(0.1)
    return figure


async def repeat(deed: Deed, until: float, took: list[float], turn: float, period: float) -> None:
    while max(turn, now := time.perf_counter()) < until:
        if now < turn:
            await asyncio.sleep(turn - now)
            now = time.perf_counter()
        await deed()
        took.append(time.perf_counter() - now)
        turn += period


def median(figures: list[Figure], name: str) -> float:
    values: list[float] = [getattr(figure, name) for figure in figures]
    return statistics.median(values)


def fill() -> tuple[list[str], list[Channel]]:
    """People who are all in every server, and the channels of the first, with a page of messages in each."""
    owner = User.objects.create(username="owner")
    servers = Server.objects.bulk_create(Server(name=f"Server {n}", owner=owner) for n in range(SERVERS))
    users, tokens = people(max(CONNECTIONS), *servers)
    channels = Channel.objects.bulk_create(
        Channel(server=server, name=f"channel {n}", position=n) for server in servers for n in range(CHANNELS)
    )[:CHANNELS]
    began = timezone.now() - timedelta(days=1)
    for channel in channels:
        messages = [
            Message(channel=channel, author=users[n % len(users)], content=f"Message {n} " + "of so many words " * 4)
            for n in range(PAGE)
        ]
        for number, message in enumerate(messages):
            message.created_at = began + timedelta(seconds=number)
            # Every fifth answers the one before it.
            message.reply_to = messages[number - 1] if number % 5 == 4 else None
        Message.objects.bulk_create(messages)
    return tokens, channels


if __name__ == "__main__":
    main()
