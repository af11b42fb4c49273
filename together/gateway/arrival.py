"""A socket's way in: READY, what it missed, what happened meanwhile, and from then on everything as it comes."""

import logging
from collections.abc import Iterable

from together import events, metrics
from together.events.bus import Frame
from together.gateway import codes, reach
from together.gateway.envelope import encode
from together.gateway.hub import Hub
from together.gateway.reach import View
from together.gateway.socket import Socket
from together.gateway.work import people

log = logging.getLogger(__name__)

# How often a view is read again when access keeps changing meanwhile.
ATTEMPTS = 5


async def admit(hub: Hub, socket: Socket, resume: str | None = None) -> None:
    """Let a socket in; `resume` is the last place in the log that its client has handled.

    It is dropped when its sign-in has ended meanwhile, when READY cannot be put together, or when it does not read.
    """
    hub.enter(socket)
    own = {events.user(socket.user_id), events.session(socket.session_id)}
    life, number = hub.place
    hub.listen(socket, own)
    try:
        view = await _view(hub, socket, resume)
    except Exception:
        log.exception("READY could not be put together")
        socket.drop(codes.TRY_AGAIN)
        return
    if view is None:
        socket.drop(codes.SESSION_ENDED)
        return
    if resume is not None:
        metrics.resumed("afresh" if view.missed is None else "resumed")
    socket.told = number if view.missed is None else view.place[1]
    hub.listen(socket, own | view.audiences)
    # READY stands before what was missed: who is cut off again among that begins there once more.
    place = f"{life}.{number}" if view.missed is None else resume
    socket.push(encode(Frame("READY", [], view.ready), rendered=socket.rendered, place=place))
    try:
        await _tell(socket, view.missed or [])
        while socket.kept:
            kept, socket.kept = socket.kept, []
            await _tell(socket, [frame for frame in kept if _concerns(frame, socket)])
    except TimeoutError:
        socket.drop(codes.TOO_SLOW)
        return
    hub.release(socket)


async def _view(hub: Hub, socket: Socket, resume: str | None) -> View | None:
    for _attempt in range(ATTEMPTS):
        view = await people(reach.view, socket.user_id, socket.session_id, resume)
        # What somebody may hear has changed since: read it again.
        if view is None or not hub.has_changed(socket.audiences | view.audiences, since=view.place[1]):
            return view
    raise RuntimeError("Access keeps changing.")


async def _tell(socket: Socket, frames: Iterable[Frame]) -> None:
    for frame in frames:
        await socket.ready()
        _push(socket, frame)


def _concerns(frame: Frame, socket: Socket) -> bool:
    return socket.is_news(frame) and not socket.audiences.isdisjoint(frame.audiences)


def _push(socket: Socket, frame: Frame) -> None:
    socket.push(encode(frame, rendered=socket.rendered))
