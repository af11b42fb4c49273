"""`/ws`: a socket's life from handshake to close (protocol, gateway, 10 and 11)."""

import time
from typing import Any

import orjson
from channels.generic.websocket import AsyncWebsocketConsumer
from django.utils.translation import gettext as _

from accounts.models import Session
from together import census, logs
from together.events.event import UNREACHABLE
from together.gateway import codes, doorman
from together.gateway.arrival import admit
from together.gateway.bucket import Bucket
from together.gateway.commands import Commands
from together.gateway.envelope import HEARTBEAT_ACK, decode
from together.gateway.hub import Hub
from together.gateway.protocol import MAX_SIGNAL
from together.gateway.socket import Socket
from together.gateway.work import door
from together.refusals import Refusal, TooMany, Unauthorized, Unavailable

# Bytes of what is no signal of a voice call.
MAX_FRAME = 16 * 1024
# Sockets of one person in one process.
MAX_SOCKETS = 20
# Seconds after which somebody with too many may try again.
CROWDED = 30


class Gateway(AsyncWebsocketConsumer):
    """One connection. What it hears comes from the hub; what it says is ephemeral (durable writes go over HTTP)."""

    # Names no layer: a socket needs no mailbox of its own.
    channel_layer_alias = "none"
    # Plain dictionaries to us: the hub rides in the scope, and so does the connection itself.
    scope: Any
    base_send: Any
    socket: Socket | None = None
    # From READY on.
    commands: Commands | None = None

    async def dispatch(self, message: dict[str, Any]) -> None:
        # Channels would hop to a thread to close old connections for every frame; nothing here holds one.
        await getattr(self, message["type"].replace(".", "_"))(message)

    async def connect(self) -> None:
        # Taken out, for it knows this scope: in a ring they would stay until the garbage collector finds them.
        wire = self.scope["extensions"].pop("together.wire")
        try:
            session, is_page = await self._admit()
        except Refusal as refusal:
            await self._refuse(refusal.status_code, str(refusal.detail))
            return
        await self.accept()
        logs.socket_opened(user_id=session.user_id, session_id=session.pk)
        self.opened_at = time.monotonic()
        self.bucket = Bucket()
        self.socket = Socket(session.user_id, session.pk, wire, rendered=is_page)
        census.count(+1)
        await admit(self.hub, self.socket, doorman.resume_of(self.scope))
        if not self.socket.dropped:
            self.scope["attendance"].came(session.user_id)
            self.commands = Commands(self.socket)

    async def receive(self, text_data: str | None = None, bytes_data: bytes | None = None) -> None:
        if self.socket is not None and not self.socket.dropped and (fault := self._hear(self.socket, text_data)):
            self.socket.drop(fault)

    async def disconnect(self, code: int) -> None:
        if self.socket is not None:
            self.hub.leave(self.socket)
            if self.commands is not None:
                self.scope["attendance"].went(self.socket.user_id)
            self.socket = None
            census.count(-1)
            logs.socket_closed(code, time.monotonic() - self.opened_at)

    @property
    def hub(self) -> Hub:
        hub: Hub = self.scope["hub"]
        return hub

    async def _admit(self) -> tuple[Session, bool]:
        """Whose socket this will be, and whether a page opens it. Raises what the handshake is refused with."""
        try:
            session, is_page = await door(doorman.admit, self.scope)
        except (*UNREACHABLE, TimeoutError) as error:
            raise Unavailable from error
        if session is None:
            raise Unauthorized(_("The credentials are missing, wrong or expired."))
        if self.hub.of_user(session.user_id) >= MAX_SOCKETS:
            raise TooMany(wait=CROWDED)
        return session, is_page

    def _hear(self, socket: Socket, text: str | None) -> int | None:
        """Take in a frame; the code to close with if it is not a good one."""
        if text is None:
            return codes.NOT_TEXT
        size = len(text.encode())
        frame = decode(text) if size <= MAX_SIGNAL else {"op": "too large"}
        if frame is None:
            return codes.BAD_FRAME
        if size > (MAX_SIGNAL if frame["op"] == "VOICE_SIGNAL" else MAX_FRAME):
            return codes.TOO_BIG
        # Answered before it is counted: losing a heartbeat would look like a dead connection.
        if frame["op"] == "HEARTBEAT":
            socket.push(HEARTBEAT_ACK)
        if not self.bucket.take():
            return codes.TOO_FAST
        if self.commands is not None:
            self.commands.obey(frame)
        return None

    async def _refuse(self, status: int, sentence: str) -> None:
        """Answer the handshake with HTTP, as the wire has it: 401, not a close code."""
        body = orjson.dumps({"error": sentence})
        headers = [(b"content-type", b"application/json"), (b"content-length", str(len(body)).encode())]
        await self.base_send({"type": "websocket.http.response.start", "status": status, "headers": headers})
        await self.base_send({"type": "websocket.http.response.body", "body": body})
