"""What is to be written before anything else has its turn: one write for many frames costs little more than for one."""

from collections import defaultdict
from collections.abc import Iterable

from together.gateway.socket import Socket


class Outbox:
    """Frames for sockets, each in its order, until they are flushed."""

    def __init__(self) -> None:
        self._unsent: defaultdict[Socket, list[bytes]] = defaultdict(list)

    def put(self, sockets: Iterable[Socket], framed: bytes) -> None:
        for socket in sockets:
            self._unsent[socket].append(framed)

    def flush(self) -> None:
        for socket, frames in self._unsent.items():
            socket.push(b"".join(frames))
        self._unsent.clear()
