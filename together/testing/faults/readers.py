"""People who read: sockets that come back by themselves, resume where they were, and otherwise ask the API."""

import asyncio
import itertools
import random
import threading
import time
from typing import Any, NamedTuple

import orjson
from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed, InvalidHandshake

from together.testing.faults.ledger import SERVER, Ledger
from together.testing.faults.line import Line
from together.testing.faults.shelf import CALM, PAGE, Shelf, moment

# Seconds between two tries to connect, at first and at most; the moment is jittered.
BACK_OFF, LONGEST = 0.1, 2.0
ENDED = 4004


class Heard(NamedTuple):
    """A frame as it came: when, in which unbroken stretch of news, and what it said."""

    at: float
    chain: int
    s: str | None
    name: str
    d: dict[str, Any]


class Reader:
    """One socket of one person. `heard` is all it was ever sent, `shelf` is what its client would show."""

    def __init__(self, line: Line, ports: list[int], ledger: Ledger, seed: str) -> None:
        self.line = line
        self.heard: list[Heard] = []
        self.shelf = Shelf()
        self.connected = False
        self.resumed = self.afresh = 0
        self.codes: list[int | None] = []
        self._ports, self._ledger = ports, ledger
        self._chance = random.Random(seed)
        self._connection: ClientConnection | None = None
        self._place: str | None = None
        self._chain = 0
        self._away_until = 0.0

    async def live(self) -> None:
        """Connect, and connect again, until cancelled."""
        wait = BACK_OFF
        for turn in itertools.count(self._chance.randrange(100)):
            try:
                if await self._visit(self._ports[turn % len(self._ports)]):
                    wait = BACK_OFF
            except (OSError, TimeoutError, InvalidHandshake, ConnectionClosed):
                await asyncio.to_thread(self._renew)
            except Exception as error:
                self._ledger.broken.append(f"{self.line.person.name} could not go on reading: {error!r}")
                return
            await asyncio.sleep(max(wait * self._chance.random(), self._away_until - time.monotonic()))
            wait = min(wait * 2, LONGEST)

    def cut(self, away: float = 0.0) -> None:
        """Cut the connection as a network does, without a word, and stay away for so many seconds."""
        self._away_until = time.monotonic() + away
        if self._connection is not None:
            self._connection.transport.abort()

    async def _visit(self, port: int) -> bool:
        """One connection, from READY to its end; whether there was one."""
        query = f"token={self.line.person.token}" + (f"&resume={self._place}" if self._place else "")
        async with connect(
            f"ws://127.0.0.1:{port}/ws?{query}", open_timeout=10, ping_interval=None, max_queue=None, compression=None
        ) as self._connection:
            frames: asyncio.Queue[tuple[float, Any]] = asyncio.Queue()
            receiver = asyncio.create_task(self._receive(self._connection, frames))
            try:
                while (received := await frames.get())[1] is not None:
                    await self._handle(*received)
            finally:
                self.connected = False
                receiver.cancel()
            self.codes.append(self._connection.close_code)
            if self._connection.close_code == ENDED:
                await asyncio.to_thread(self.line.sign_in)
        return True

    async def _receive(self, connection: ClientConnection, frames: "asyncio.Queue[tuple[float, Any]]") -> None:
        # Apart from handling, so that one who is busy with history goes on reading, and knows when a frame came.
        try:
            while True:
                frame = orjson.loads(await connection.recv())
                frames.put_nowait((time.monotonic(), frame))
        except ConnectionClosed:
            frames.put_nowait((0, None))

    async def _handle(self, at: float, frame: dict[str, Any]) -> None:
        name, d, s = frame.get("t"), frame.get("d"), frame.get("s")
        if name is None or d is None:
            return
        if name == "READY":
            await self._begin(resumed=d["resumed"])
        self.heard.append(Heard(at, self._chain, s if name != "READY" else None, name, d))
        if name == "CHANNEL_LIST_SYNC":
            await self._see_only({channel["id"] for channel in d["channels"]})
        elif name == "CHANNEL_CREATE":
            await asyncio.to_thread(self._read, d["id"])
        elif name == "CHANNEL_DELETE":
            self.shelf.pop(d["id"], None)
        elif name in ("MEMBER_KICK", "MEMBER_JOIN") and d["user_id"] == self.line.person.id:
            await asyncio.to_thread(self._look_around)
        elif name.startswith("MESSAGE_"):
            self.shelf.hear(name, d)
        self._place = s or self._place

    async def _begin(self, *, resumed: bool) -> None:
        if resumed:
            self.resumed += 1
        else:
            self.afresh += 1
            self._chain += 1
            await asyncio.to_thread(self._look_around, everything=True)
        self.connected = True

    async def _see_only(self, channels: set[str]) -> None:
        for lost in self.shelf.keys() - channels:
            del self.shelf[lost]
        for gained in channels - self.shelf.keys():
            await asyncio.to_thread(self._read, gained)

    # -- by the API, in a thread ---------------------------------------------------------------------------

    def _look_around(self, *, everything: bool = False) -> None:
        """See which channels there are, and read those that are new, or all."""
        status, channels = self.line.settle("GET", f"/servers/{SERVER}/channels")
        seen = {channel["id"] for channel in channels} if status == 200 else set()
        for lost in self.shelf.keys() - seen:
            del self.shelf[lost]
        for channel in sorted(seen if everything else seen - self.shelf.keys()):
            self._read(channel)

    def _read(self, channel: str) -> None:
        began = time.monotonic()
        found: set[str] = set()
        calm, query = 0, f"limit={PAGE}"
        while True:
            status, page = self.line.settle("GET", f"/channels/{channel}/messages?{query}")
            if status != 200:
                self.shelf.pop(channel, None)
                return
            if self._ledger.blind(self.line.person.id, channel, began):
                self._ledger.leaks.append(f"{self.line.person.name} could read {channel} after losing sight of it")
            calm = 0 if self.shelf.put_page(channel, page) else calm + 1
            found.update(message["id"] for message in page)
            if len(page) < PAGE or calm == CALM:
                break
            query = f"limit={PAGE}&before={page[-1]['id']}"
        self.shelf.forget_missing(channel, found, moment(page[-1]) if len(page) == PAGE else None)

    def _renew(self) -> None:
        # A handshake is refused for many reasons; only the API says whether it is the token.
        self.line.settle("GET", "/users/@me")


class Room:
    """All readers, on an event loop in a thread of its own."""

    def __init__(self, readers: list[Reader]) -> None:
        self.readers = readers
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._run, daemon=True)
        self._thread.start()

    def cut(self, readers: list[Reader], away: float = 0.0) -> None:
        for reader in readers:
            self._loop.call_soon_threadsafe(reader.cut, away)

    def all_connected(self, seconds: float) -> bool:
        deadline = time.monotonic() + seconds
        while not all(reader.connected for reader in self.readers):
            if time.monotonic() > deadline:
                return False
            time.sleep(0.05)
        return True

    def close(self) -> None:
        self._loop.call_soon_threadsafe(self._everybody.cancel)
        self._thread.join(20)

    def _run(self) -> None:
        asyncio.set_event_loop(self._loop)
        self._everybody = asyncio.gather(*(reader.live() for reader in self.readers))
        try:
            self._loop.run_until_complete(self._everybody)
        except asyncio.CancelledError:
            self._loop.close()
