"""`/ws`: a socket's life from handshake to close (protocol, gateway, 10 and 11)."""

from typing import Any

import orjson
from channels.generic.websocket import AsyncWebsocketConsumer

from together.events.bus import Frame
from together import census, limits
from together.gateway import codes, doorman
from together.gateway.bucket import Bucket
from together.gateway.envelope import HEARTBEAT_ACK, decode, encode
from together.gateway.hub import Hub
from together.gateway.socket import Socket
from together.gateway.work import in_database
from together.refusals import TooMany

# In bytes. Signals of a voice call carry whole session descriptions.
MAX_FRAME = 16 * 1024
MAX_SIGNAL = 64 * 1024
# Sockets of one person in one process.
MAX_SOCKETS = 20


class Gateway(AsyncWebsocketConsumer):
    """One connection. What it hears comes from the hub; what it says is ephemeral (durable writes go over HTTP)."""

    # Names no layer: a socket needs no mailbox of its own.
    channel_layer_alias = "none"
    # Plain dictionaries to us: the hub rides in the scope, and so does the server's way to cut a connection.
    scope: Any
    base_send: Any
    socket: Socket | None = None

    async def dispatch(self, message: dict[str, Any]) -> None:
        # Channels would hop to a thread to close old connections for every frame; nothing here holds one.
        await getattr(self, message["type"].replace(".", "_"))(message)

    async def connect(self) -> None:
        hub: Hub = self.scope["hub"]
        try:
            limits.hit_address("address", doorman.address_of(self.scope))
        except TooMany:
            return await self._refuse(429, "Too many connections. Please wait a moment.")
        session, is_page = await in_database(doorman.session_of, self.scope)
        if session is None:
            return await self._refuse(401, "The credentials are missing, wrong or expired.")
        if hub.of_user(session.user_id) >= MAX_SOCKETS:
            return await self._refuse(429, "Too many connections of one account.")
        await self.accept()
        self.bucket = Bucket()
        self.socket = socket = Socket(session.user_id, session.pk, self.base_send, self._drop, rendered=is_page)
        census.count(+1)
        ready = await hub.enter(socket)
        if ready is None:
            return socket.drop(codes.SESSION_ENDED)
        socket.start()
        socket.push(encode(Frame("READY", [], ready), rendered=is_page))
        hub.release(socket)

    async def receive(self, text_data: str | None = None, bytes_data: bytes | None = None) -> None:
        if self.socket is None or self.socket.dropped:
            return
        if text_data is None:
            return self.socket.drop(codes.NOT_TEXT)
        if len(text_data) > MAX_SIGNAL:
            return self.socket.drop(codes.TOO_BIG)
        frame = decode(text_data)
        if frame is None:
            return self.socket.drop(codes.BAD_FRAME)
        if len(text_data) > MAX_FRAME and frame["op"] != "VOICE_SIGNAL":
            return self.socket.drop(codes.TOO_BIG)
        # Heartbeats count as well, but are answered first: losing one would look like a dead connection.
        if frame["op"] == "HEARTBEAT":
            self.socket.push(HEARTBEAT_ACK)
        if not self.bucket.take():
            self.socket.drop(codes.TOO_FAST)

    async def disconnect(self, code: int) -> None:
        if self.socket is not None:
            self.scope["hub"].leave(self.socket)
            self.socket = None
            census.count(-1)

    async def _refuse(self, status: int, sentence: str) -> None:
        """Answer the handshake with HTTP, as the wire has it: 401, not a close code."""
        body = orjson.dumps({"error": sentence})
        headers = [(b"content-type", b"application/json"), (b"content-length", str(len(body)).encode())]
        await self.base_send({"type": "websocket.http.response.start", "status": status, "headers": headers})
        await self.base_send({"type": "websocket.http.response.body", "body": body})

    def _drop(self, code: int) -> None:
        self.scope["extensions"]["together.drop"](code)
