"""What uvicorn leaves open: clients that never finish their headers, send endless ones, or stop reading."""

from asyncio import TimerHandle, Transport

from httptools import HttpParserError
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

# Bytes of request line and headers together; browsers and proxies stay below 32 KiB.
HEAD_LIMIT = 64 * 1024
# Bytes after the head that are no body: trailers (which nobody here reads) and extensions of chunks.
TRAILER_LIMIT = 8 * 1024
# Seconds for the whole head, from the connection or from its first byte on a connection in use.
HEAD_TIMEOUT = 20.0
# Seconds in which a client that has a full buffer waiting must take some of it.
STALLED = 45.0


class CarefulProtocol(HttpToolsProtocol):
    """uvicorn's protocol with limits on the head of a request and on clients that stop reading."""

    _reading_head = True
    # Bytes received while the head is read, and bytes of it that were understood.
    _head_size = 0
    _head_parsed = 0
    # The same of what comes after the head and is no body; `_progress` says that this read brought head or body.
    _trailer_size = 0
    _trailer_parsed = 0
    _progress = False
    _head_timer: TimerHandle | None = None
    _stall_timer: TimerHandle | None = None

    def connection_made(self, transport: Transport) -> None:  # type: ignore[override]
        super().connection_made(transport)
        self._head_timer = self.loop.call_later(HEAD_TIMEOUT, transport.abort)

    def connection_lost(self, exc: Exception | None) -> None:
        self._head_done()
        self._stop_stall_timer()
        super().connection_lost(exc)

    def data_received(self, data: bytes) -> None:
        self._progress = False
        super().data_received(data)
        if self.transport.is_closing():
            return
        if not self._reading_head:
            self._trailer_size = 0 if self._progress else self._trailer_size + len(data)
            # One trailer without an end is kept by the parser and never handed to `on_header`.
            if self._trailer_size > TRAILER_LIMIT:
                self.send_400_response("The trailers of the request are too long.")
            return
        self._head_size += len(data)
        if self._head_size > HEAD_LIMIT:
            self.send_400_response("The headers of the request are too long.")
        elif self._head_timer is None:
            self._head_timer = self.loop.call_later(HEAD_TIMEOUT, self.transport.abort)

    def handle_websocket_upgrade(self) -> None:
        if self.cycle is not None and not self.cycle.response_complete:
            # That answer would come between the frames of the socket.
            self.send_400_response("A WebSocket cannot begin before the request under way is answered.")
            return
        super().handle_websocket_upgrade()
        # The socket has a protocol of its own. This one and its parser know each other, which keeps them.
        self.parser = None  # type: ignore[assignment]

    def on_message_begin(self) -> None:
        self._reading_head = True
        self._head_parsed = self._trailer_parsed = 0
        super().on_message_begin()

    def on_url(self, url: bytes) -> None:
        self._count_head(len(url))
        super().on_url(url)

    def on_header(self, name: bytes, value: bytes) -> None:
        size = len(name) + len(value) + len(b": \r\n")
        if self._reading_head:
            self._count_head(size)
            super().on_header(name, value)
            return
        # A trailer: uvicorn would append it to the headers of a request that is being answered already.
        self._trailer_parsed += size
        if self._trailer_parsed > TRAILER_LIMIT:
            raise HttpParserError("trailers too long")

    def on_headers_complete(self) -> None:
        self._progress = True
        self._head_done()
        super().on_headers_complete()

    def on_body(self, body: bytes) -> None:
        self._progress = True
        super().on_body(body)

    def on_response_complete(self) -> None:
        super().on_response_complete()
        # Kept alive for a moment by uvicorn; what then comes is a head again, be it only blank lines.
        self._reading_head = self._reading_head or self.cycle.response_complete

    def pause_writing(self) -> None:
        super().pause_writing()
        self._stall_timer = self.loop.call_later(STALLED, self.transport.abort)

    def resume_writing(self) -> None:
        self._stop_stall_timer()
        super().resume_writing()

    def _count_head(self, size: int) -> None:
        """Raises what uvicorn answers with 400, within the read in which the head turns out too long."""
        self._head_parsed += size
        if self._head_parsed > HEAD_LIMIT:
            raise HttpParserError("head too long")

    def _head_done(self) -> None:
        self._reading_head, self._head_size = False, 0
        if self._head_timer is not None:
            self._head_timer.cancel()
            self._head_timer = None

    def _stop_stall_timer(self) -> None:
        if self._stall_timer is not None:
            self._stall_timer.cancel()
            self._stall_timer = None
