"""Files are sent by the event loop: a view decides who may have one and hands it over, and its thread is free again."""

import asyncio
import logging
import os
import re
import stat
from dataclasses import dataclass
from pathlib import Path
from typing import IO
from urllib.parse import quote

from django.http import HttpResponseBase

from .replies import FILE_HEADER, Headers, Refusal, Reply, Scope, Send, send_start, send_stream

# One range of at most 18 digits; several at once are answered with the whole file, as RFC 9110 allows.
_RANGE = re.compile(rb"bytes=(\d{0,18})-(\d{0,18})")

logger = logging.getLogger(__name__)


def hand_over(response: HttpResponseBase, path: Path) -> None:
    """Has the file at `path`, absolute, sent as the body of `response`, whose own body stays empty.

    Status, type and caching are the view's; length and ranges are taken care of.
    """
    response[FILE_HEADER] = quote(os.fsencode(path))


async def send_file(scope: Scope, reply: Reply, send: Send, gone: asyncio.Task[None]) -> None:
    """Sends the file that a reply names, or the one range of it that was asked for. Raises Refusal without it."""
    excerpt = open_excerpt(scope["method"], dict(scope["headers"]), reply)
    with excerpt.file as file:
        await send_start(send, excerpt.status, excerpt.headers)
        await send_stream(file, excerpt.length, send, gone)


@dataclass
class Excerpt:
    """What is sent of a file: `length` bytes from where it stands."""

    status: int
    headers: Headers
    file: IO[bytes]
    length: int


def open_excerpt(method: str, asked: dict[bytes, bytes], reply: Reply) -> Excerpt:
    """Opens the file that a reply names, at what was asked for by these headers. Raises Refusal without it."""
    try:
        file = open(os.fsencode(reply.file or ""), "rb")  # noqa: SIM115
    except OSError as error:
        logger.error("A file that a view handed over cannot be read: %s", error.strerror)
        raise _gone() from None
    facts = os.fstat(file.fileno())
    if not stat.S_ISREG(facts.st_mode):
        file.close()
        raise _gone()
    size = facts.st_size
    wanted = _asked_range(method, asked, reply, size)
    first, last = wanted or (0, size - 1)
    length = last - first + 1
    headers = [header for header in reply.headers if header[0] != b"content-length"]
    headers.append((b"accept-ranges", b"bytes"))
    if wanted and length <= 0:
        headers += [(b"content-range", b"bytes */%d" % size), (b"content-length", b"0")]
        return Excerpt(416, headers, file, 0)
    if wanted:
        headers.append((b"content-range", b"bytes %d-%d/%d" % (first, last, size)))
    headers.append((b"content-length", b"%d" % length))
    file.seek(first)
    return Excerpt(206 if wanted else reply.status, headers, file, 0 if method == "HEAD" else length)


def _gone() -> Refusal:
    return Refusal(404, "This file is no longer here.")


def _asked_range(method: str, asked: dict[bytes, bytes], reply: Reply, size: int) -> tuple[int, int] | None:
    """The first and last byte that were asked for, last before first when they are not there, or None for all."""
    match = _RANGE.fullmatch(asked.get(b"range", b"").strip())
    if method != "GET" or reply.status != 200 or match is None or match.groups() == (b"", b""):
        return None
    if b"if-range" in asked and not _unchanged(asked[b"if-range"], reply.headers):
        return None
    first, last = match.groups()
    if not first:
        return max(size - int(last), 0), size - 1 if int(last) else -1
    if last and int(last) < int(first):
        return None
    return int(first), min(int(last or size), size - 1)


def _unchanged(known: bytes, headers: Headers) -> bool:
    named = dict(headers)
    if known.startswith((b'"', b"W/")):
        return not known.startswith(b"W/") and known == named.get(b"etag")
    return known == named.get(b"last-modified")
