"""The hub: one per process. It takes events in their order and hands each to the sockets that may hear it.

A stock Channels consumer costs some 500 µs for each delivery; this costs one dictionary look-up and one queued string
(stack.md, section 2). Frames are handled strictly one after the other, and a change of access is worked out before the
next frame is looked at: what is delivered is always decided by what was true at that place in the log.
"""

import asyncio
import logging
import uuid
from collections import defaultdict
from collections.abc import Iterable

from together import events
from together.events.bus import Frame
from together.gateway import codes, reach
from together.gateway.envelope import encode
from together.gateway.feed import Feed
from together.gateway.reach import ServerViews
from together.gateway.socket import MAX_FRAMES, Socket
from together.gateway.work import in_database

log = logging.getLogger(__name__)

# Seconds between looks for stalled sockets, and for sign-ins that ended without word of it reaching this process.
STALL_TICK = 5.0
SESSION_TICK = 60.0
# How often a newcomer's view is read again when access keeps changing meanwhile.
ATTEMPTS = 5


class Hub:
    """The sockets of this process, by audience."""

    def __init__(self) -> None:
        self._sockets: set[Socket] = set()
        self._hearing: defaultdict[str, set[Socket]] = defaultdict(set)
        # Frames for sockets whose view is still being read.
        self._joining: dict[Socket, list[Frame]] = {}
        self._feed = Feed(self._handle, self._send_all_away)
        self._tasks: list[asyncio.Task[None]] = []

    async def start(self) -> None:
        """Begin to hear events. Call on the event loop that the sockets live on."""
        await self._feed.start()
        self._tasks = [asyncio.create_task(task) for task in (self._watch_stalls(), self._watch_sessions())]

    async def stop(self) -> None:
        """Stop hearing, and let every socket go with the advice to come back."""
        self._feed.stop()
        for task in self._tasks:
            task.cancel()
        self._send_all_away()

    def of_user(self, user_id: uuid.UUID) -> int:
        """How many sockets a person has in this process."""
        return len(self._hearing.get(events.user(user_id), ()))

    async def enter(self, socket: Socket) -> dict[str, object] | None:
        """Let a socket in and return what READY tells it, or None when its sign-in has ended meanwhile.

        Frames that arrive while the view is read are kept; call `release` once READY has been queued.
        """
        self._sockets.add(socket)
        self._joining[socket] = []
        own = {events.user(socket.user_id), events.session(socket.session_id)}
        self._listen(socket, own)
        for _attempt in range(ATTEMPTS):
            kept = len(self._joining[socket])
            view = await in_database(reach.view, socket.user_id, socket.session_id)
            if view is None or socket not in self._joining:
                return None
            # What somebody may hear changed while it was read: read it again.
            if not any(frame.name == "@access_changed" for frame in self._joining[socket][kept:]):
                self._listen(socket, own | view.audiences)
                return view.ready
        socket.drop(codes.TRY_AGAIN)
        return None

    def release(self, socket: Socket) -> None:
        """READY is queued: what was kept follows, and from now on everything as it comes."""
        for frame in self._joining.pop(socket, []):
            if not frame.name.startswith("@") and not socket.audiences.isdisjoint(frame.audiences):
                socket.push(encode(frame, rendered=socket.rendered))

    def leave(self, socket: Socket) -> None:
        self._sockets.discard(socket)
        self._joining.pop(socket, None)
        self._listen(socket, set())
        socket.stop()

    async def _handle(self, frame: Frame) -> None:
        for socket, kept in self._joining.items():
            kept.append(frame)
            if len(kept) > MAX_FRAMES:
                socket.drop(codes.TOO_SLOW)
        if frame.name == "@access_changed":
            await self._change_access(frame)
        elif frame.name == "@sessions_ended":
            self._drop(self._audience(frame), codes.SESSION_ENDED)
        else:
            self._deliver(frame)

    def _deliver(self, frame: Frame) -> None:
        texts: dict[bool, str] = {}
        for socket in self._audience(frame) - self._joining.keys():
            if socket.rendered not in texts:
                texts[socket.rendered] = encode(frame, rendered=socket.rendered)
            socket.push(texts[socket.rendered])

    async def _change_access(self, frame: Frame) -> None:
        server_id = uuid.UUID(frame.d["server"])
        sockets = self._audience(frame) - self._joining.keys()
        users = {socket.user_id for socket in sockets}
        views = await in_database(reach.within_server, users, server_id) if users else None
        if views is None:
            return
        told = {events.channel(uuid.UUID(id)) for id in frame.d["told"]}
        for socket in sockets & self._sockets:
            heard, hears = socket.audiences & views.all, views.of_user.get(socket.user_id, set())
            self._listen(socket, socket.audiences - views.all | hears)
            # Who comes or goes learns of all channels at once; who stays, of those that come and go.
            if events.server(server_id) in heard & hears:
                self._tell_of_sight(socket, views, (heard ^ hears) - told)

    def _tell_of_sight(self, socket: Socket, views: ServerViews, changed: set[str]) -> None:
        for audience in sorted(changed & views.channels.keys()):
            channel = views.channels[audience]
            if audience in socket.audiences:
                frame = Frame("CHANNEL_CREATE", [audience], channel)
            else:
                frame = Frame("CHANNEL_DELETE", [audience], {"id": channel["id"], "server_id": channel["server_id"]})
            socket.push(encode(frame, rendered=socket.rendered))

    # -- keeping house -------------------------------------------------------------------------------------

    async def _watch_stalls(self) -> None:
        while True:
            await asyncio.sleep(STALL_TICK)
            for socket in list(self._sockets):
                socket.drop_if_stalled()

    async def _watch_sessions(self) -> None:
        while True:
            await asyncio.sleep(SESSION_TICK)
            try:
                sockets = list(self._sockets)
                live = await in_database(reach.live_sessions, {socket.session_id for socket in sockets})
                self._drop([socket for socket in sockets if socket.session_id not in live], codes.SESSION_ENDED)
            except Exception:
                log.exception("The sign-ins of open sockets could not be checked")

    def _audience(self, frame: Frame) -> set[Socket]:
        return set().union(*(self._hearing.get(audience, ()) for audience in frame.audiences))

    def _send_all_away(self) -> None:
        # Nobody may be left believing that they heard everything.
        self._drop(self._sockets, codes.TRY_AGAIN)

    def _drop(self, sockets: Iterable[Socket], code: int) -> None:
        for socket in list(sockets):
            socket.drop(code)

    def _listen(self, socket: Socket, audiences: set[str]) -> None:
        for lost in socket.audiences - audiences:
            self._hearing[lost].discard(socket)
            if not self._hearing[lost]:
                del self._hearing[lost]
        for gained in audiences - socket.audiences:
            self._hearing[gained].add(socket)
        socket.audiences = audiences
