"""uvicorn's WebSocket protocol, with limits on what it takes in and a way to cut who does not read."""

import json
import socket
import struct
from asyncio import BaseTransport, TimerHandle
from contextlib import suppress
from typing import Any

from uvicorn.protocols.websockets.websockets_sansio_impl import WebSocketsSansIOProtocol
from websockets.frames import Frame
from websockets.http11 import Request
from websockets.protocol import OPEN

from together import metrics
from together.gateway import codes
from together.gateway.bucket import BURST, Bucket

# Bytes of one message: signals of a voice call carry whole session descriptions (threats.md, gateway).
MAX_SIGNAL = 64 * 1024
# Seconds in which a close frame may still reach a slow client before the connection is cut.
GRACE = 3.0
# Seconds for the handshake to be understood. Its whole head is here when we are: more time is for nobody honest.
HANDSHAKE = 10.0
# Bytes parsed before we look again whether the client is still welcome; uvloop reads up to 256 KiB at once, and
# that is 43,000 frames of 6 bytes.
SLICE = 4 * 1024
# Bytes still parsed after a close was sent, to find the client's own close among what was under way.
AFTERWORD = 16 * 1024
# Bytes that may wait for a client that does not read (threats.md, gateway); a single frame may be larger.
MAX_UNREAD = 1024 * 1024
# Linger for no time: what is left is thrown away.
_RESET = struct.pack("ii", 1, 0)


class Protocol(WebSocketsSansIOProtocol):
    """Offers itself as the ASGI extension `together.wire` (`together.gateway.socket.Wire`).

    What it is handed to push is framed already and goes straight to the transport: framing it for each of 500 clients
    anew, with a task and a queue for each, would cost three times as much (stack.md, section 2). Whole messages are
    counted by the consumer; control frames and fragments, which never reach it, are counted here.
    """

    _handshake_timer: TimerHandle | None = None
    _after_close = 0

    def connection_made(self, transport: BaseTransport) -> None:
        super().connection_made(transport)
        self._bucket = Bucket()
        self._handshake_timer = self.loop.call_later(HANDSHAKE, self.transport.abort)

    def connection_lost(self, exc: Exception | None) -> None:
        self._stop_handshake_timer()
        super().connection_lost(exc)
        # It knows its connection, which knows it: the two would wait for the garbage collector, and hold much else.
        self.conn.parser.close()

    def data_received(self, data: bytes) -> None:
        if self.handshake_initiated and not self.handshake_complete:
            # RFC 6455, 4.1: a client says nothing before it was answered, and we cannot close with a code yet.
            self.transport.abort()
            return
        for start in range(0, len(data), SLICE):
            if self.transport.is_closing() or self._is_deaf():
                return
            piece = data[start : start + SLICE]
            super().data_received(piece)
            if self.conn.handshake_exc is not None and not self.handshake_initiated:
                self._reject()
            elif self.close_sent:
                self._after_close += len(piece)
            elif self.queue.qsize() > 2 * BURST:
                # The consumer's own bucket cannot let that many pass; what has not been parsed is not worth it.
                self.drop(codes.TOO_FAST)

    def handle_connect(self, event: Request) -> None:
        self._stop_handshake_timer()
        super().handle_connect(event)
        if hasattr(self, "scope"):
            extensions: dict[str, Any] = self.scope["extensions"] or {}
            extensions["together.wire"] = self

    def eof_received(self) -> None:
        self._cut_soon()

    def handle_close(self, event: Frame) -> None:
        super().handle_close(event)
        self._cut_soon()

    def handle_parser_exception(self) -> None:
        super().handle_parser_exception()
        self._cut_soon()

    def keepalive_timeout(self) -> None:
        super().keepalive_timeout()
        self._cut_soon()

    def handle_ping(self) -> None:
        if self._is_counted():
            super().handle_ping()
            if self.transport.get_write_buffer_size() > MAX_UNREAD:
                self.drop(codes.TOO_SLOW)

    def handle_pong(self, event: Frame) -> None:
        if self._is_counted():
            super().handle_pong(event)

    def handle_cont(self, event: Frame) -> None:
        # An empty fragment adds nothing to a message but a place in its list, which the limit in bytes does not see.
        if self._is_counted() and (event.data or event.fin):
            super().handle_cont(event)

    def send_receive_event_to_app(self) -> None:
        # uvicorn would do the same, and write a stack trace into the log each time.
        if self.curr_msg_data_type == "text" and not self.close_sent and not _is_utf8(b"".join(self.frames)):
            self.frames = []
            self.drop(codes.NOT_UTF8)
        else:
            super().send_receive_event_to_app()

    def push(self, framed: bytes) -> None:
        """Write a frame at once, unless the client has left too many unread: then it is dropped."""
        if self.close_sent or self.transport.is_closing():
            return
        if self.transport.get_write_buffer_size() > MAX_UNREAD:
            self.drop(codes.TOO_SLOW)
        else:
            self.transport.write(framed)

    def waiting(self) -> int:
        """How many bytes wait for the client to read."""
        return 0 if self.transport.is_closing() else self.transport.get_write_buffer_size()

    def drop(self, code: int) -> None:
        """Send a close frame if there is room, end the application, and cut the connection soon after."""
        if self.transport.is_closing() or self.close_sent:
            return
        metrics.dropped(code)
        # Not open when the client's own close is among the frames that were just parsed.
        if self.conn.state is OPEN:
            self.conn.send_close(code)
        self.transport.write(b"".join(self.conn.data_to_send()))
        self.close_sent = True
        self.queue.put_nowait({"type": "websocket.disconnect", "code": code})
        if self.read_paused:
            self.read_paused = False
            self.transport.resume_reading()
        self.close_timer = self.loop.call_later(GRACE, self._abort)
        # Once more, for a client that answers the close and still reads nothing.
        self.loop.call_later(2 * GRACE, self._abort)

    def _cut_soon(self) -> None:
        """End a connection that is closing: what waits for a client that no longer reads would keep it for ever."""
        self.loop.call_later(GRACE, self._abort)

    def _abort(self) -> None:
        # Reset, else the system would keep what was left unread for a client that never takes it. Closed, it is none.
        with suppress(OSError, ValueError):
            self.transport.get_extra_info("socket").setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, _RESET)
        self.transport.abort()

    def _is_counted(self) -> bool:
        """Whether a frame may pass; a client that has sent too many is dropped."""
        if self.close_sent:
            return False
        if not self._bucket.take():
            self.drop(codes.TOO_FAST)
            return False
        return True

    def _is_deaf(self) -> bool:
        """Whether nothing more is listened to: what follows a close is not worth parsing for ever."""
        if self._after_close <= AFTERWORD:
            return False
        # The timer of the close ends the connection.
        self.transport.pause_reading()
        return True

    def _reject(self) -> None:
        """Answer a handshake that cannot be understood: uvicorn and websockets leave it without an answer."""
        self._stop_handshake_timer()
        self.handshake_complete = self.close_sent = True
        body = json.dumps({"error": "The WebSocket handshake is malformed."}).encode()
        self.transport.write(
            b"HTTP/1.1 400 Bad Request\r\ncontent-type: application/json\r\nconnection: close\r\n"
            b"content-length: %d\r\n\r\n%b" % (len(body), body)
        )
        self.transport.close()

    def _stop_handshake_timer(self) -> None:
        if self._handshake_timer is not None:
            self._handshake_timer.cancel()
            self._handshake_timer = None


def _is_utf8(text: bytes) -> bool:
    try:
        text.decode()
    except UnicodeDecodeError:
        return False
    return True
