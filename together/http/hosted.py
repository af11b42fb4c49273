"""The site for a WSGI server behind a proxy: what the bridge does in an event loop, with a thread for each request.

The threads are the server's and many; few of them work at once. A thread that only receives, waits or sends occupies
none of the slots for work, and what says whether the process is alive or ready needs no slot.
"""

import logging
import os
import threading
from collections.abc import Iterable, Iterator
from http.client import responses
from tempfile import SpooledTemporaryFile
from typing import IO
from wsgiref.types import StartResponse, WSGIApplication, WSGIEnvironment

from .files import open_excerpt
from .replies import Headers, Refusal, Reply
from .wsgi_call import MEMORY, call

# Seconds in which a slot must have become free. Who has one may wait 5 s for a connection of the pool: an answer comes
# within 10 s.
PATIENCE = 4.0
# What asks no database, or has limits of its own.
_FREE = {"/metrics", "/api/health", "/api/health/live", "/api/health/ready"}

_CHUNK = 64 * 1024

logger = logging.getLogger(__name__)


def is_free(path: str) -> bool:
    """Whether an address is answered however busy the process is, and whatever part of Together it is."""
    return path in _FREE


class Hosted:
    """Runs `wsgi_app` in at most `slots` threads at once; others wait, at most `PATIENCE` seconds (longer: 503).

    `max_body` is in bytes (larger: 413). What is below the path `static` waits for nobody.
    """

    def __init__(self, wsgi_app: WSGIApplication, slots: int, max_body: int, static: str = "/static/") -> None:
        self.wsgi_app = wsgi_app
        self.max_body = max_body
        self._static = static
        self._slots = threading.BoundedSemaphore(slots)
        # granian passes the process's own environment on with every request; a view has no use for its secrets.
        self._surroundings = dict(os.environ)

    def __call__(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        try:
            return self._serve(environ, start_response)
        except Refusal as refusal:
            _start(start_response, refusal.status, refusal.headers)
            return [refusal.body]

    def _serve(self, given: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        environ = {name: value for name, value in given.items() if self._surroundings.get(name) != value}
        # It would pass for a variable of the environment.
        environ.pop("HTTP_PROXY", None)
        if "\0" in environ["PATH_INFO"]:
            raise Refusal(400, "The address of the request is malformed.")
        with self._received(environ) as body:
            environ["wsgi.input"], environ["CONTENT_LENGTH"] = body, str(_size(body))
            reply = self._work(environ)
        if reply.file is not None:
            reply.body.close()
            excerpt = open_excerpt(environ["REQUEST_METHOD"], _asked(environ), reply)
            _start(start_response, excerpt.status, excerpt.headers)
            return _chunks(excerpt.file, excerpt.length)
        with reply.body:
            _start(start_response, reply.status, reply.headers)
            return [reply.body.read(reply.length)]

    def _received(self, environ: WSGIEnvironment) -> IO[bytes]:
        """The whole body. Raises Refusal."""
        declared = environ.get("CONTENT_LENGTH") or "0"
        if not declared.isdigit() or "HTTP_TRANSFER_ENCODING" in environ:
            # A connection that breaks looks like the end of the body, and only its length tells them apart.
            raise Refusal(411, "The length of the request must be declared.")
        if int(declared) > self.max_body:
            raise Refusal(413, f"The request is larger than {self.max_body // 1024 // 1024} MiB.")
        body = SpooledTemporaryFile(MEMORY)  # noqa: SIM115
        try:
            while chunk := environ["wsgi.input"].read(_CHUNK):
                body.write(chunk)
            if body.tell() != int(declared):
                raise Refusal(400, "The request was cut off.")
            return body
        except BaseException as error:
            body.close()
            if isinstance(error, OSError):
                logger.error("A request body could not be kept: %s", error.strerror)
                raise Refusal(507, "There is no room left for this upload.") from None
            raise

    def _work(self, environ: WSGIEnvironment) -> Reply:
        free = is_free(environ["PATH_INFO"]) or environ["PATH_INFO"].startswith(self._static)
        if not free and not self._slots.acquire(timeout=PATIENCE):
            raise Refusal(503, "Too much is going on at once, please try again in a moment.")
        try:
            return call(self.wsgi_app, environ)
        except Exception:
            logger.exception("The site failed on a request")
            raise Refusal(500, "Something went wrong on our side.") from None
        finally:
            if not free:
                self._slots.release()


def _size(body: IO[bytes]) -> int:
    size = body.tell()
    body.seek(0)
    return size


def _asked(environ: WSGIEnvironment) -> dict[bytes, bytes]:
    names = {b"range": "HTTP_RANGE", b"if-range": "HTTP_IF_RANGE"}
    return {header: environ[name].encode("latin-1") for header, name in names.items() if name in environ}


def _start(start_response: StartResponse, status: int, headers: Headers) -> None:
    text = [(name.decode("latin-1"), value.decode("latin-1")) for name, value in headers]
    start_response(f"{status} {responses.get(status, '')}", text)


def _chunks(file: IO[bytes], length: int) -> Iterator[bytes]:
    with file:
        while length and (chunk := file.read(min(_CHUNK, length))):
            length -= len(chunk)
            yield chunk
