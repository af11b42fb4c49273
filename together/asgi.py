"""The whole product as one ASGI application: sockets by Channels, HTTP by the WSGI application behind the bridge."""

import asyncio
import os
from typing import Any

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "together.settings")

from together.wsgi import application as wsgi  # noqa: I001  (sets Django up)

from django.conf import settings

from together import events, health, housekeeping
from together.gateway.attendance import Attendance
from together.gateway.consumer import Gateway
from together.gateway.hub import Hub
from together.http.bridge import Bridge
from together.http.hosted import is_free
from together.http.replies import Refusal

# Three kinds of scope with three kinds of messages: what each part takes of them, it says itself.
Scope = Any
Receive = Any
Send = Any


class Application:
    """Dispatches by kind of connection. Its lifespan is the process's: with it goes what runs beside requests.

    Without the `site` it is the gateway alone, which still says over HTTP how it fares.
    """

    def __init__(self, *, site: bool = True) -> None:
        self.site = site
        self.http: Any = Bridge(
            wsgi,
            threads=settings.HTTP_THREADS,
            max_body=settings.MAX_BODY,
            body_timeout=settings.REQUEST_TIMEOUT,
            static=settings.STATIC_URL,
        )
        self.gateway: Any = Gateway.as_asgi()
        self.hub: Hub | None = None
        self.attendance = Attendance()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http" and health.asks_whether_alive(scope):
            await health.say_alive(scope, send)
        elif scope["type"] == "http" and (self.site or is_free(scope["path"])):
            await self.http(scope, receive, send)
        elif scope["type"] == "http":
            await Refusal(404, "The site is served by another process.", drain=True).send(receive, send)
        elif scope["type"] == "websocket":
            await self._socket(scope, receive, send)
        elif scope["type"] == "lifespan":
            await self._lifespan(receive, send)

    async def _socket(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["path"] != "/ws" or self.hub is None:
            # Refused before it was accepted: the server answers 403.
            await send({"type": "websocket.close"})
            return
        await self.gateway({**scope, "hub": self.hub, "attendance": self.attendance}, receive, send)

    async def _lifespan(self, receive: Receive, send: Send) -> None:
        while True:
            message = await receive()
            if message["type"] == "lifespan.startup":
                self.hub = Hub()
                await self.hub.start()
                self.attendance.start()
                events.start()
                housekeeping.start()
                await send({"type": "lifespan.startup.complete"})
            elif message["type"] == "lifespan.shutdown":
                self.attendance.stop()
                await asyncio.to_thread(housekeeping.stop)
                await asyncio.to_thread(events.stop)
                if self.hub is not None:
                    await self.hub.stop()
                await send({"type": "lifespan.shutdown.complete"})
                return


application = Application()
