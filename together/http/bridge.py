"""HTTP in the event loop, the site in threads: a thread is taken only by work, never by a slow client.

The whole request is here before a thread is asked for, and the whole response is made before a byte of it is sent.
"""

import asyncio
import logging
from collections.abc import AsyncIterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import asynccontextmanager
from typing import IO, Any
from wsgiref.types import WSGIApplication

from .arrivals import Arrivals, ClientGoneError
from .files import send_file
from .replies import Receive, Refusal, Reply, Scope, Send, send_reply
from .wsgi_call import MalformedTarget, build_environ, call

# Whole requests that wait for a thread, are worked on or are answered at once. A community of 500 that reconnects
# together stays below it.
MAX_REQUESTS = 1000
# Whatever happens, an answer comes within 10 s (threats.md: a frozen database). Seconds in which a thread must have
# become free: when the database holds on to all of them, waiting longer only makes the crowd larger. What then has a
# thread may wait 5 s for a connection of the pool.
PATIENCE = 4.0
# Seconds for the work itself beyond those. Work that takes longer goes on, and nobody hears how it ended.
LONGEST = 5.5
# Threads for files of the site's own design and for `METRICS`, which must not wait behind work that waits for the
# database: when that is frozen, its operator looks there.
STATIC_THREADS = 2
METRICS = "/metrics"

logger = logging.getLogger(__name__)


class Bridge:
    """An ASGI application for the `http` scope that runs `wsgi_app` in at most `threads` threads; others queue.

    `max_body` is in bytes (larger: 413) and `body_timeout` in seconds for the whole body (slower: 408). What is below
    the path `static`, and `METRICS`, has threads of its own.
    """

    def __init__(
        self, wsgi_app: WSGIApplication, threads: int, max_body: int, body_timeout: float, static: str = "/static/"
    ) -> None:
        self.wsgi_app = wsgi_app
        self.static = static
        self._arrivals = Arrivals(max_body, body_timeout)
        self._threads = ThreadPoolExecutor(threads, thread_name_prefix="http")
        self._static_threads = ThreadPoolExecutor(STATIC_THREADS, thread_name_prefix="static")
        self._requests = 0

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        try:
            body = await self._arrivals.read(scope, receive)
            self._requests += 1
            try:
                await self._serve(scope, body, receive, send)
            finally:
                self._requests -= 1
        except Refusal as refusal:
            await refusal.send(receive, send)
        except ClientGoneError:
            pass

    async def _serve(self, scope: Scope, body: IO[bytes], receive: Receive, send: Send) -> None:
        if self._requests > MAX_REQUESTS:
            body.close()
            raise _busy()
        async with _watch(receive) as gone:
            reply = await self._work(scope, body, gone)
            with reply.body:
                if reply.file is None:
                    await send_reply(reply, send, gone)
                else:
                    await send_file(scope, reply, send, gone)

    async def _work(self, scope: Scope, body: IO[bytes], gone: asyncio.Task[None]) -> Reply:
        try:
            environ = build_environ(scope, body)
        except MalformedTarget:
            body.close()
            raise Refusal(400, "The address of the request is malformed.") from None
        asks_nobody = scope["path"] == METRICS or scope["path"].startswith(self.static)
        threads = self._static_threads if asks_nobody else self._threads
        job = threads.submit(call, self.wsgi_app, environ)
        job.add_done_callback(lambda _: body.close())
        answer = asyncio.wrap_future(job)
        try:
            either: set[asyncio.Future[Any]] = {answer, gone}
            await asyncio.wait(either, timeout=PATIENCE, return_when=asyncio.FIRST_COMPLETED)
            # One that could not be called off any more has a thread, or its answer is on the way.
            if not answer.done() and not gone.done() and not job.cancel():
                await asyncio.wait(either, timeout=LONGEST, return_when=asyncio.FIRST_COMPLETED)
            if gone.done() and not answer.done():
                raise ClientGoneError
            if not answer.done():
                raise _busy()
            return answer.result()
        except (ClientGoneError, Refusal, asyncio.CancelledError):
            # A thread cannot be interrupted: one that has begun goes on and its answer is thrown away.
            answer.cancel()
            job.add_done_callback(_throw_away)
            raise
        except Exception:
            logger.exception("The site failed on a request")
            raise Refusal(500, "Something went wrong on our side.") from None


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


def _busy() -> Refusal:
    return Refusal(503, "Too much is going on at once, please try again in a moment.")


def _throw_away(job: Future[Reply]) -> None:
    if not job.cancelled() and job.exception() is None:
        job.result().body.close()
