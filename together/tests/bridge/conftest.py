"""The bridge under a real server, with a small site behind it."""

import asyncio
import socket
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
import uvicorn

from together.http.bridge import Bridge
from together.http.files import FILE_HEADER
from together.http.protocol import CarefulProtocol

THREADS = 2
MAX_BODY = 2 * 1024 * 1024
BODY_TIMEOUT = 1.5


class Site:
    """A small WSGI site that remembers what reached it."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.requests: list[dict] = []
        self.released = threading.Event()

    def __call__(self, environ, start_response):
        body = environ["wsgi.input"].read()
        self.requests.append({**environ, "body": body})
        path = environ["PATH_INFO"]
        if path == "/fail":
            raise RuntimeError("a secret")
        if path == "/slow":
            time.sleep(0.3)
        if path == "/held":
            self.released.wait(30)
        if path.startswith("/file/"):
            start_response("200 OK", [("Content-Type", "text/plain"), (FILE_HEADER, str(self.folder / path[6:]))])
            return [b""]
        if path == "/large":
            start_response("200 OK", [("Content-Type", "application/octet-stream")])
            return (b"x" * 65536 for _ in range(20 * 16))
        start_response("200 OK", [("Content-Type", "text/plain")])
        return [b"got %d" % len(body)]


@pytest.fixture(scope="module")
def running(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[uvicorn.Server, Site]]:
    folder = tmp_path_factory.mktemp("files")
    (folder / "digits").write_bytes(b"0123456789")
    (folder / "big").write_bytes(b"x" * 20 * 1024 * 1024)
    site = Site(folder)
    bridge = Bridge(site, threads=THREADS, max_body=MAX_BODY, body_timeout=BODY_TIMEOUT)
    listener = socket.create_server(("127.0.0.1", 0))
    config = uvicorn.Config(
        bridge, http=CarefulProtocol, lifespan="off", log_config=None, access_log=False, timeout_graceful_shutdown=1
    )
    server = uvicorn.Server(config)
    thread = threading.Thread(target=lambda: asyncio.run(server.serve([listener])))
    thread.start()
    while not server.started:
        time.sleep(0.01)
    yield server, site
    server.should_exit = True
    thread.join()


@pytest.fixture
def server(running: tuple[uvicorn.Server, Site]) -> uvicorn.Server:
    """The server, once it is done with the clients of the test before."""
    while running[0].server_state.connections or running[0].server_state.tasks:
        time.sleep(0.01)
    return running[0]


@pytest.fixture
def site(running: tuple[uvicorn.Server, Site], server: uvicorn.Server) -> Site:
    running[1].requests.clear()
    running[1].released.clear()
    return running[1]


@pytest.fixture
def port(server: uvicorn.Server) -> int:
    return server.servers[0].sockets[0].getsockname()[1]
