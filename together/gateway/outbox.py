"""What is to be written before anything else has its turn: one write for many frames costs little more than for one."""

import logging
from collections import defaultdict
from collections.abc import Iterable

from together.gateway import codes
from together.gateway.socket import Socket

log = logging.getLogger(__name__)

# Bytes said at once: more would make a turn of the event loop longer, and overrun what may wait for a slow reader.
MOST = 64 * 1024


class Outbox:
    """Frames for sockets, each in its order, until they are flushed."""

    def __init__(self) -> None:
        self._unsent: defaultdict[Socket, list[bytes]] = defaultdict(list)
        self._size = 0

    def put(self, sockets: Iterable[Socket], framed: bytes) -> None:
        for socket in sockets:
            self._unsent[socket].append(framed)
        self._size += len(framed)
        if self._size > MOST:
            self.flush()

    def flush(self) -> None:
        """Write it all. Whoever cannot be written to is sent away, and holds up nobody else."""
        unsent, self._unsent, self._size = self._unsent, defaultdict(list), 0
        # One copy for all who hear the same: it stays as long as one of them does not read.
        joined: dict[tuple[bytes, ...], bytes] = {}
        for socket, frames in unsent.items():
            alike = tuple(frames)
            if alike not in joined:
                joined[alike] = b"".join(frames)
            try:
                socket.push(joined[alike])
            except Exception:
                log.exception("A socket could not be written to")
                socket.drop(codes.TRY_AGAIN)
