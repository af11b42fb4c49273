"""HTTP in the event loop, the site in threads: a thread is taken only by work, never by a slow client.

The whole request is here before a thread is asked for, and the whole response is made before a byte of it is sent.
"""

import asyncio
import logging
from collections.abc import AsyncIterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import asynccontextmanager
from tempfile import SpooledTemporaryFile
from typing import IO, Any
from wsgiref.types import WSGIApplication

from .files import send_file
from .replies import Receive, Refusal, Reply, Scope, Send, send_reply
from .wsgi_call import MEMORY, MalformedTarget, build_environ, call

# Requests being read, worked on or answered at once. A community of 500 that reconnects together stays below it.
MAX_REQUESTS = 1000

logger = logging.getLogger(__name__)


class Bridge:
    """An ASGI application for the `http` scope that runs `wsgi_app` in at most `threads` threads; others queue.

    `max_body` is in bytes (larger: 413) and `body_timeout` in seconds for the whole body (slower: 408).
    """

    def __init__(self, wsgi_app: WSGIApplication, threads: int, max_body: int, body_timeout: float) -> None:
        self.wsgi_app = wsgi_app
        self.max_body = max_body
        self.body_timeout = body_timeout
        self._threads = ThreadPoolExecutor(threads, thread_name_prefix="http")
        self._requests = 0

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        self._requests += 1
        try:
            await self._serve(scope, receive, send)
        except Refusal as refusal:
            await refusal.send(receive, send)
        except ClientGoneError:
            pass
        finally:
            self._requests -= 1

    async def _serve(self, scope: Scope, receive: Receive, send: Send) -> None:
        if self._requests > MAX_REQUESTS:
            raise Refusal(503, "Too much is going on at once, please try again in a moment.", drain=True)
        if _declared_length(scope) > self.max_body:
            raise self._too_large()
        body = await self._read_body(receive)
        async with _watch(receive) as gone:
            reply = await self._work(scope, body, gone)
            with reply.body:
                if reply.file is None:
                    await send_reply(reply, send, gone)
                else:
                    await send_file(scope, reply, send, gone)

    async def _read_body(self, receive: Receive) -> IO[bytes]:
        body = SpooledTemporaryFile(MEMORY)  # noqa: SIM115
        try:
            async with asyncio.timeout(self.body_timeout):
                while True:
                    message = await receive()
                    if message["type"] != "http.request":
                        raise ClientGoneError
                    body.write(message["body"])
                    if body.tell() > self.max_body:
                        raise self._too_large()
                    if not message["more_body"]:
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

    async def _work(self, scope: Scope, body: IO[bytes], gone: asyncio.Task[None]) -> Reply:
        try:
            environ = build_environ(scope, body)
        except MalformedTarget:
            body.close()
            raise Refusal(400, "The address of the request is malformed.") from None
        job = self._threads.submit(call, self.wsgi_app, environ)
        job.add_done_callback(lambda _: body.close())
        answer = asyncio.wrap_future(job)
        try:
            either: set[asyncio.Future[Any]] = {answer, gone}
            await asyncio.wait(either, return_when=asyncio.FIRST_COMPLETED)
            if not answer.done():
                raise ClientGoneError
            return answer.result()
        except (ClientGoneError, asyncio.CancelledError):
            # A thread cannot be interrupted: one that has begun goes on and its answer is thrown away.
            answer.cancel()
            job.add_done_callback(_throw_away)
            raise
        except Exception:
            logger.exception("The site failed on a request")
            raise Refusal(500, "Something went wrong on our side.") from None

    def _too_large(self) -> Refusal:
        return Refusal(413, f"The request is larger than {self.max_body // 1024 // 1024} MiB.", drain=True)


class ClientGoneError(Exception):
    """The client has closed the connection: nobody is there to answer."""


@asynccontextmanager
async def _watch(receive: Receive) -> AsyncIterator[asyncio.Task[None]]:
    """A task that is done once the client is gone."""

    async def wait() -> None:
        while (await receive())["type"] != "http.disconnect":
            pass

    gone = asyncio.create_task(wait())
    try:
        yield gone
    finally:
        gone.cancel()


def _declared_length(scope: Scope) -> int:
    value = dict(scope["headers"]).get(b"content-length", b"0")
    return int(value) if value.isdigit() else 0


def _throw_away(job: Future[Reply]) -> None:
    if not job.cancelled() and job.exception() is None:
        job.result().body.close()
