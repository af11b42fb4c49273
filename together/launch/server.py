"""The one process that serves HTTP and WebSockets."""

import errno
import socket
from collections.abc import Callable
from typing import Any

import uvicorn

from together.gateway.protocol import MAX_SIGNAL, Protocol
from together.http.protocol import CarefulProtocol

from . import CannotStart
from .memory import settle


def bind(host: str, port: int) -> socket.socket:
    """A socket bound to the address and not yet listening. Raises CannotStart."""
    try:
        family, kind, protocol, _, address = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0]
    except socket.gaierror:
        raise CannotStart(f"HOST {host} is not a known address.") from None
    listener = socket.socket(family, kind, protocol)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    # Without it the body of an answer waits 40 ms for the client to have confirmed its head.
    listener.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    try:
        listener.bind(address)
    except OSError as error:
        listener.close()
        raise _cannot_listen(host, port, error) from None
    return listener


def serve(application: Any, listener: socket.socket, announce: Callable[[], None]) -> None:
    """Serves the ASGI application until Ctrl-C or SIGTERM; `announce` is called once connections are accepted.

    Requests under way get 10 seconds to finish. Raises CannotStart.
    """
    config = uvicorn.Config(
        application,
        http=CarefulProtocol,
        ws=Protocol,
        ws_max_size=MAX_SIGNAL,
        ws_per_message_deflate=False,
        lifespan="on",
        # uvicorn tells of each request and each socket with its query string, in which there may be a token.
        access_log=False,
        log_config=None,
        log_level="warning",
        proxy_headers=False,
        server_header=False,
        timeout_graceful_shutdown=10,
    )
    host, port, *_ = listener.getsockname()
    try:
        _Server(config, announce).run([listener])
    except OSError as error:
        raise _cannot_listen(host, port, error) from error
    except SystemExit as leaving:
        if leaving.code == uvicorn.config.STARTUP_FAILURE:
            raise CannotStart("The application did not start: the lines above say why.") from None
        raise


class _Server(uvicorn.Server):
    def __init__(self, config: uvicorn.Config, announce: Callable[[], None]) -> None:
        super().__init__(config)
        self._announce = announce

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        settle()
        self._announce()


def _cannot_listen(host: str, port: int, error: OSError) -> CannotStart:
    reason = {
        errno.EADDRINUSE: f"Port {port} is taken: stop what uses it, or set PORT to another one.",
        errno.EACCES: f"Port {port} may not be used by this account: set PORT to one above 1023.",
        errno.EADDRNOTAVAIL: f"HOST {host} is not an address of this machine.",
    }
    return CannotStart(reason.get(error.errno or 0, f"{host}:{port} cannot be listened on: {error.strerror}."))
