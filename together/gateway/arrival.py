"""A socket's way in: READY, what it missed, what happened meanwhile, and from then on everything as it comes."""

import logging

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
    life, socket.told = view.place
    hears = own | view.audiences
    hub.listen(socket, hears)
    # READY stands before what was missed: who is cut off again among that begins there once more.
    place = f"{life}.{socket.told}" if view.missed is None else resume
    socket.push(encode(Frame("READY", [], view.ready), rendered=socket.rendered, place=place))
    try:
        for frame in view.missed or []:
            await socket.ready()
            # Of what was lost while others were told, nothing more.
            if _concerns(frame, socket) or hears.isdisjoint(frame.audiences):
                _push(socket, frame)
        while socket.kept:
            kept, socket.kept = socket.kept, []
            for frame in kept:
                await socket.ready()
                if socket.is_news(frame) and _concerns(frame, socket):
                    _push(socket, frame)
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


def _concerns(frame: Frame, socket: Socket) -> bool:
    return not socket.audiences.isdisjoint(frame.audiences)


def _push(socket: Socket, frame: Frame) -> None:
    socket.push(encode(frame, rendered=socket.rendered))
