"""Files are sent by the event loop: a view decides who may have one and hands it over, and its thread is free again."""

import asyncio
import logging
import os
import re
import stat
from pathlib import Path
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
    try:
        file = open(os.fsencode(reply.file or ""), "rb")  # noqa: SIM115
    except OSError as error:
        logger.error("A file that a view handed over cannot be read: %s", error.strerror)
        raise Refusal(404, "This file is no longer here.") from None
    with file:
        facts = os.fstat(file.fileno())
        if not stat.S_ISREG(facts.st_mode):
            raise Refusal(404, "This file is no longer here.")
        size = facts.st_size
        asked = _asked_range(scope, reply, size)
        first, last = asked or (0, size - 1)
        length = last - first + 1
        headers = [header for header in reply.headers if header[0] != b"content-length"]
        headers.append((b"accept-ranges", b"bytes"))
        if asked and length <= 0:
            headers += [(b"content-range", b"bytes */%d" % size), (b"content-length", b"0")]
            await send_start(send, 416, headers)
            await send_stream(file, 0, send, gone)
            return
        if asked:
            headers.append((b"content-range", b"bytes %d-%d/%d" % (first, last, size)))
        await send_start(send, 206 if asked else reply.status, [*headers, (b"content-length", b"%d" % length)])
        file.seek(first)
        await send_stream(file, 0 if scope["method"] == "HEAD" else length, send, gone)


def _asked_range(scope: Scope, reply: Reply, size: int) -> tuple[int, int] | None:
    """The first and last byte that were asked for, last before first when they are not there, or None for all."""
    asked = dict(scope["headers"])
    match = _RANGE.fullmatch(asked.get(b"range", b"").strip())
    if scope["method"] != "GET" or reply.status != 200 or match is None or match.groups() == (b"", b""):
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
