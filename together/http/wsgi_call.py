"""One call of a WSGI application: the environment it is given, and its answer kept until somebody sends it."""

import sys
from collections.abc import Callable
from tempfile import SpooledTemporaryFile
from typing import IO, Any
from urllib.parse import quote, unquote_to_bytes
from wsgiref.types import WSGIApplication, WSGIEnvironment

from .replies import Reply, Scope

# Bytes of a body kept in memory; what is longer goes to a temporary file.
MEMORY = 1024 * 1024

# Of these the bridge knows better, or (`Proxy`) they would pass for a variable of the environment.
_LEFT_OUT = {b"content-length", b"transfer-encoding", b"proxy"}


class MalformedTarget(ValueError):  # noqa: N818
    """The path of the request holds a NUL, which no name of ours does and no database takes."""


def build_environ(scope: Scope, body: IO[bytes]) -> WSGIEnvironment:
    """The WSGI environment of a request whose whole body is at hand. Raises MalformedTarget.

    Header names with an underscore are dropped: they would be taken for the ones with a dash, which proxies vouch for.
    """
    path = unquote_to_bytes(scope["raw_path"] or quote(scope["path"]))
    if b"\0" in path:
        raise MalformedTarget
    server, client = scope["server"] or ("localhost", None), scope["client"] or ("", 0)
    body.seek(0, 2)
    length = body.tell()
    body.seek(0)
    environ: WSGIEnvironment = {
        "REQUEST_METHOD": scope["method"],
        "SCRIPT_NAME": "",
        "PATH_INFO": path.decode("latin-1"),
        "QUERY_STRING": scope["query_string"].decode("latin-1"),
        "SERVER_PROTOCOL": f"HTTP/{scope['http_version']}",
        "SERVER_NAME": server[0],
        "SERVER_PORT": str(server[1] or 0),
        "REMOTE_ADDR": client[0],
        "REMOTE_PORT": str(client[1]),
        "CONTENT_LENGTH": str(length),
        "wsgi.version": (1, 0),
        "wsgi.url_scheme": scope["scheme"],
        "wsgi.input": body,
        "wsgi.input_terminated": True,
        "wsgi.errors": sys.stderr,
        "wsgi.multithread": True,
        "wsgi.multiprocess": True,
        "wsgi.run_once": False,
    }
    for name, value in scope["headers"]:
        if b"_" in name or name in _LEFT_OUT:
            continue
        key = name.decode("latin-1").upper().replace("-", "_")
        key = key if key == "CONTENT_TYPE" else f"HTTP_{key}"
        text = value.decode("latin-1")
        separator = "; " if name == b"cookie" else ","
        environ[key] = f"{environ[key]}{separator}{text}" if key in environ else text
    return environ


def call(app: WSGIApplication, environ: WSGIEnvironment) -> Reply:
    """Runs the application to its end and keeps the answer. Raises whatever it raises."""
    body = SpooledTemporaryFile(MEMORY)  # noqa: SIM115
    started: list[tuple[str, list[tuple[str, str]]]] = []

    def start_response(status: str, headers: list[tuple[str, str]], exc_info: Any = None) -> Callable[[bytes], object]:
        started[:] = [(status, headers)]
        return body.write

    try:
        chunks = app(environ, start_response)
        try:
            for chunk in chunks:
                body.write(chunk)
        finally:
            getattr(chunks, "close", lambda: None)()
        status, headers = started[0]
        return Reply.of(int(status.split(" ", 1)[0]), headers, body, head=environ["REQUEST_METHOD"] == "HEAD")
    except BaseException:
        body.close()
        raise
