"""The hub: one per process. It takes events in their order and hands each to the sockets that may hear it.

A stock Channels consumer costs some 500 µs for each delivery; this costs one dictionary look-up and a share of a write.
Frames are handled strictly one after the other, a change of access before the next is looked at: what is delivered is
decided by what was true at that place in the log.
"""

import asyncio
import logging
import math
import uuid
from collections import defaultdict
from collections.abc import Awaitable, Callable, Iterable

from together import events, metrics
from together.events.bus import Frame
from together.gateway import codes, reach
from together.gateway.envelope import encode
from together.gateway.feed import Feed
from together.gateway.outbox import Outbox
from together.gateway.reach import ServerViews
from together.gateway.socket import Socket
from together.gateway.work import news

log = logging.getLogger(__name__)

# Seconds between looks for stalled sockets, and for sign-ins that ended without word of it reaching this process.
STALL_TICK = 5.0
SESSION_TICK = 60.0
# Frames kept for a socket on its way in: what a busy instance says in the 30 s that a crowd may take to get in.
MAX_KEPT = 10_000
# The last that an audience hears.
_ENDINGS = {"CHANNEL_DELETE", "CATEGORY_DELETE"}


class Hub:
    """The sockets of this process, by audience."""

    def __init__(self) -> None:
        self.sockets: set[Socket] = set()
        self._hearing: defaultdict[str, set[Socket]] = defaultdict(set)
        self._arriving: set[Socket] = set()
        self._pages: set[Socket] = set()
        # The number of the last change of access of each server or person, as long as somebody's view is being read.
        self._access_changed: dict[str, int] = {}
        self._outbox = Outbox()
        self._feed = Feed(self._handle, self._send_all_away, lambda: bool(self._pages), self._outbox.flush)
        self._tasks: list[asyncio.Task[None]] = []

    async def start(self) -> None:
        """Begin to hear events. Call on the event loop that the sockets live on."""
        await self._feed.start()
        for tick, look in ((STALL_TICK, self._drop_stalled), (SESSION_TICK, self._drop_ended)):
            self._tasks.append(asyncio.create_task(self._watch(tick, look)))

    async def stop(self) -> None:
        """Stop hearing, and let every socket go with the advice to come back."""
        self._feed.stop()
        for task in self._tasks:
            task.cancel()
        self._send_all_away()

    @property
    def place(self) -> tuple[str, int]:
        """The place in the log up to which every live socket has been told."""
        return self._feed.place

    def of_user(self, user_id: uuid.UUID) -> int:
        """How many sockets a person has in this process."""
        return len(self._hearing.get(events.user(user_id), ()))

    def has_changed(self, audiences: set[str], since: int) -> bool:
        """Whether access has changed after that number for these audiences, of somebody who is on their way in."""
        return any(number > since and audience in audiences for audience, number in self._access_changed.items())

    def enter(self, socket: Socket) -> None:
        """Keep from now on what arrives for a socket; `together.gateway.arrival` lets it in."""
        self.sockets.add(socket)
        self._arriving.add(socket)
        if socket.rendered:
            self._pages.add(socket)

    def release(self, socket: Socket) -> None:
        """From now on a socket is told everything as it comes."""
        socket.kept = None
        self._arriving.discard(socket)

    def leave(self, socket: Socket) -> None:
        for group in (self.sockets, self._arriving, self._pages):
            group.discard(socket)
        self.listen(socket, set())

    def listen(self, socket: Socket, audiences: set[str]) -> None:
        """Let a socket hear these audiences and no others."""
        for lost in socket.audiences - audiences:
            self._hearing[lost].discard(socket)
            if not self._hearing[lost]:
                del self._hearing[lost]
        for gained in audiences - socket.audiences:
            self._hearing[gained].add(socket)
        socket.audiences = audiences

    async def _handle(self, frame: Frame) -> None:
        for socket in list(self._arriving):
            self._keep(socket, frame)
        if frame.name.startswith("@"):
            self._outbox.flush()
        if frame.name == "@access_changed":
            if not self._arriving:
                self._access_changed.clear()
            self._access_changed.update(dict.fromkeys(frame.audiences, frame.number or 0))
            await self._change_access(frame)
        elif frame.name == "@sessions_ended":
            self._drop(self._audience(frame), codes.SESSION_ENDED)
        else:
            self._deliver(frame)
            if frame.name in _ENDINGS:
                self._forget(frame)

    def _keep(self, socket: Socket, frame: Frame) -> None:
        if socket.kept is not None and not frame.name.startswith("@"):
            socket.kept.append(frame)
            if len(socket.kept) > MAX_KEPT:
                socket.drop(codes.TOO_SLOW)

    def _deliver(self, frame: Frame) -> None:
        # `Socket.is_news`, without a call for each of five hundred.
        number = math.inf if frame.number is None else frame.number
        hearers = [socket for socket in self._audience(frame) if socket.kept is None and socket.told < number]
        for rendered in (False, True):
            if alike := [socket for socket in hearers if socket.rendered == rendered]:
                self._outbox.put(alike, encode(frame, rendered=rendered))
        metrics.delivered(len(hearers))

    def _forget(self, frame: Frame) -> None:
        # Sockets live for days. One on its way in needs the audience yet, to be told of its end.
        for socket in self._audience(frame) - self._arriving:
            self.listen(socket, socket.audiences.difference(frame.audiences))

    async def _change_access(self, frame: Frame) -> None:
        server_id = uuid.UUID(frame.d["server"])
        users = {socket.user_id for socket in self._audience(frame)}
        views = await news(reach.within_server, users, server_id) if users else None
        if views is None:
            return
        told = {events.channel(uuid.UUID(id)) for id in frame.d["told"]}
        for socket in self._audience(frame) & self.sockets:
            if socket.user_id not in users:
                # Came in meanwhile, with a view that was read after this change.
                continue
            heard, hears = socket.audiences & views.all, views.of_user.get(socket.user_id, set())
            self.listen(socket, socket.audiences - views.all | hears)
            # Who comes or goes learns of all channels at once; who stays, of those that come and go.
            if events.server(server_id) in heard & hears:
                self._tell_of_sight(socket, views, (heard ^ hears) - told)

    def _tell_of_sight(self, socket: Socket, views: ServerViews, changed: set[str]) -> None:
        # Categories before the channels in them, and after them when they go.
        came = [audience for audience in views.places if audience in changed and audience in socket.audiences]
        went = [
            audience for audience in reversed(views.places) if audience in changed and audience not in socket.audiences
        ]
        for audience in came + went:
            kind, place = views.places[audience]
            if audience in socket.audiences:
                frame = Frame(f"{kind}_CREATE", [audience], place)
            else:
                frame = Frame(f"{kind}_DELETE", [audience], {"id": place["id"], "server_id": place["server_id"]})
            socket.push(encode(frame, rendered=socket.rendered))

    async def _watch(self, tick: float, look: Callable[[], Awaitable[None]]) -> None:
        while True:
            await asyncio.sleep(tick)
            try:
                await look()
            except Exception:
                log.exception("The open sockets could not be looked at")

    async def _drop_stalled(self) -> None:
        waiting = [socket.waiting() for socket in self.sockets]
        metrics.queued(sum(waiting), max(waiting, default=0))
        for socket in list(self.sockets):
            socket.drop_if_stalled()

    async def _drop_ended(self) -> None:
        sockets = list(self.sockets)
        live = await news(reach.live_sessions, {socket.session_id for socket in sockets})
        self._drop([socket for socket in sockets if socket.session_id not in live], codes.SESSION_ENDED)

    def _audience(self, frame: Frame) -> set[Socket]:
        return set().union(*(self._hearing.get(audience, ()) for audience in frame.audiences))

    def _send_all_away(self) -> None:
        # Nobody may be left believing that they heard everything. Numbers may begin anew: a backup was restored.
        self._outbox.flush()
        self._access_changed.clear()
        self._drop(self.sockets, codes.TRY_AGAIN)

    def _drop(self, sockets: Iterable[Socket], code: int) -> None:
        for socket in list(sockets):
            socket.drop(code)
