"""Bodies of requests while they arrive: slow ones cost a connection and some memory, and have their own limits."""

import asyncio
import logging
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from tempfile import SpooledTemporaryFile
from typing import IO

from .address import address_of, household
from .replies import Receive, Refusal, Scope
from .wsgi_call import MEMORY

# Bodies that may arrive at once: in all, which bounds what they keep in memory to 1 GiB, and from one client.
MAX_BODIES = 1000
MAX_OF_ONE = 50
# Seconds in which a body must make progress.
STALLED = 20.0

logger = logging.getLogger(__name__)


class ClientGoneError(Exception):
    """The client has closed the connection: nobody is there to answer."""


class Arrivals:
    """Reads bodies of at most `max_body` bytes (larger: 413) that take at most `timeout` seconds (slower: 408)."""

    def __init__(self, max_body: int, timeout: float) -> None:
        self.max_body = max_body
        self.timeout = timeout
        self._of_client: Counter[str] = Counter()

    async def read(self, scope: Scope, receive: Receive) -> IO[bytes]:
        """The whole body. Raises Refusal, or ClientGoneError."""
        with self._counted(scope):
            body = SpooledTemporaryFile(MEMORY)  # noqa: SIM115
            try:
                async with asyncio.timeout(self.timeout):
                    while await self._read_some(receive, body):
                        pass
                body.seek(0)
                return body
            except BaseException as error:
                body.close()
                if isinstance(error, TimeoutError):
                    raise Refusal(408, "The request took too long to arrive.") from None
                if isinstance(error, OSError):
                    logger.error("A request body could not be kept: %s", error.strerror)
                    raise Refusal(507, "There is no room left for this upload.", drain=True) from None
                raise

    async def _read_some(self, receive: Receive, body: IO[bytes]) -> bool:
        """Keep what has come; whether there is more to come."""
        async with asyncio.timeout(STALLED):
            message = await receive()
        if message["type"] != "http.request":
            raise ClientGoneError
        body.write(message["body"])
        if body.tell() > self.max_body:
            raise self._too_large()
        return bool(message["more_body"])

    @contextmanager
    def _counted(self, scope: Scope) -> Iterator[None]:
        """Refuses a body too many. Requests without one are never refused here, whoever else is uploading."""
        headers = dict(scope["headers"])
        declared = headers.get(b"content-length", b"0")
        length = int(declared) if declared.isdigit() else 0
        if length > self.max_body:
            raise self._too_large()
        if not length and b"transfer-encoding" not in headers:
            yield
            return
        # Behind a trusted proxy all of them have the proxy's peer address.
        client = household(address_of(scope))
        if self._of_client[client] >= MAX_OF_ONE:
            raise Refusal(429, "You are sending too much at once, please try again in a moment.", drain=True)
        if self._of_client.total() >= MAX_BODIES:
            raise Refusal(503, "Too much is going on at once, please try again in a moment.", drain=True)
        self._of_client[client] += 1
        try:
            yield
        finally:
            self._of_client[client] -= 1
            if not self._of_client[client]:
                del self._of_client[client]

    def _too_large(self) -> Refusal:
        return Refusal(413, f"The request is larger than {self.max_body // 1024 // 1024} MiB.", drain=True)
