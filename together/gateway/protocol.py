"""uvicorn's WebSocket protocol, with a way to cut a connection whose other side does not read."""

from typing import Any

from uvicorn.protocols.websockets.websockets_sansio_impl import WebSocketsSansIOProtocol

# Seconds in which a close frame may still reach a slow client before the connection is cut.
GRACE = 3.0


class Protocol(WebSocketsSansIOProtocol):
    """Offers the ASGI extension `together.drop`: close with a code at once, without waiting for the buffer to drain."""

    def handle_connect(self, event: Any) -> None:
        super().handle_connect(event)
        if hasattr(self, "scope"):
            extensions: dict[str, Any] = self.scope["extensions"] or {}
            extensions["together.drop"] = self.drop

    def drop(self, code: int) -> None:
        """Send a close frame if there is room, end the application, and cut the connection soon after."""
        if self.transport.is_closing() or self.close_sent:
            return
        self.conn.send_close(code)
        self.transport.write(b"".join(self.conn.data_to_send()))
        self.close_sent = True
        self.queue.put_nowait({"type": "websocket.disconnect", "code": code})
        if self.read_paused:
            self.read_paused = False
            self.transport.resume_reading()
        self.close_timer = self.loop.call_later(GRACE, self.transport.abort)
        # Once more, for a client that answers the close and still reads nothing.
        self.loop.call_later(2 * GRACE, self.transport.abort)
