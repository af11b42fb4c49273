"""The bridge against a real server and raw sockets: what a slow, rude or vanishing client does to the others."""

import asyncio
import json
import socket
import threading
import time
from collections.abc import Iterator
from contextlib import ExitStack, closing, suppress
from ipaddress import ip_network
from pathlib import Path

import pytest
import uvicorn

from together.http.arrivals import Arrivals
from together.http.bridge import Bridge
from together.http.files import FILE_HEADER
from together.http.protocol import HEAD_LIMIT, TRAILER_LIMIT, CarefulProtocol
from together.http.replies import Refusal
from together.testing.gateway import run

THREADS = 2
MAX_BODY = 2 * 1024 * 1024
BODY_TIMEOUT = 1.5


# Seconds; what blocks here blocks for a minute.
PATIENCE = 10


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


def connect(port: int) -> socket.socket:
    return socket.create_connection(("127.0.0.1", port), timeout=10)


def exchange(port: int, request: bytes) -> tuple[int, dict[bytes, bytes], bytes]:
    """Sends the bytes of one request and reads until the server closes."""
    with closing(connect(port)) as client:
        client.sendall(request)
        answer = b""
        while chunk := client.recv(65536):
            answer += chunk
    head, _, body = answer.partition(b"\r\n\r\n")
    first, *lines = head.split(b"\r\n")
    return int(first.split()[1]), dict(line.lower().split(b": ", 1) for line in lines), body


def get(port: int, path: str = "/", *lines: str, method: str = "GET") -> tuple[int, dict[bytes, bytes], bytes]:
    head = [f"{method} {path} HTTP/1.1", "Host: localhost", "Connection: close", *lines, "", ""]
    return exchange(port, "\r\n".join(head).encode("latin-1"))


def others_are_served(port: int) -> bool:
    before = time.monotonic()
    status, _, body = get(port)
    return status == 200 and body == b"got 0" and time.monotonic() - before < PATIENCE


def is_let_go(server: uvicorn.Server) -> bool:
    """Whether the server, within three seconds, has dropped the connection it has."""
    time.sleep(0.1)
    assert server.server_state.connections
    deadline = time.monotonic() + 3
    while server.server_state.connections and time.monotonic() < deadline:
        time.sleep(0.05)
    return not server.server_state.connections and not server.server_state.tasks


def upload(length: int, sent: bytes) -> bytes:
    return b"POST /upload HTTP/1.1\r\nHost: localhost\r\nContent-Length: %d\r\n\r\n" % length + sent


def test_a_request_and_its_answer_pass_whole(port: int, site: Site):
    status, _, body = exchange(port, upload(5, b"hello").replace(b"Host", b"Connection: close\r\nHost"))
    assert (status, body) == (200, b"got 5")
    assert site.requests[0]["body"] == b"hello"
    assert site.requests[0]["REMOTE_ADDR"] == "127.0.0.1"


def test_a_chunked_body_has_its_true_length(port: int, site: Site):
    request = (
        b"POST / HTTP/1.1\r\nHost: a\r\nConnection: close\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n0\r\n\r\n"
    )
    assert exchange(port, request)[2] == b"got 3"
    assert site.requests[0]["CONTENT_LENGTH"] == "3"
    assert "HTTP_TRANSFER_ENCODING" not in site.requests[0]


def test_twenty_stalled_uploads_do_not_hold_up_another_request(port: int, site: Site):
    with ExitStack() as stack:
        for _ in range(20):
            stack.enter_context(closing(connect(port))).sendall(upload(1000, b"only this"))
        assert others_are_served(port)
    assert [request["PATH_INFO"] for request in site.requests] == ["/"]


@pytest.mark.parametrize("path", ["/large", "/file/big"])
def test_twenty_stalled_downloads_do_not_hold_up_another_request(port: int, path: str):
    with ExitStack() as stack:
        for _ in range(20):
            client = stack.enter_context(closing(connect(port)))
            client.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
            client.sendall(f"GET {path} HTTP/1.1\r\nHost: localhost\r\n\r\n".encode())
            client.recv(100)
        assert others_are_served(port)


def test_a_crowd_of_stalled_uploads_does_not_count_as_a_crowd_of_requests(port: int, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr("together.http.bridge.MAX_REQUESTS", 3)
    with ExitStack() as stack:
        for _ in range(10):
            stack.enter_context(closing(connect(port))).sendall(upload(1000, b"only this"))
        time.sleep(0.2)
        assert others_are_served(port)


def test_one_client_may_send_so_many_bodies_at_once_and_others_still_may(
    port: int, monkeypatch: pytest.MonkeyPatch, settings
):
    settings.TRUSTED_PROXIES = [ip_network("127.0.0.1")]
    monkeypatch.setattr("together.http.arrivals.MAX_OF_ONE", 3)
    with ExitStack() as stack:
        for _ in range(3):
            client = stack.enter_context(closing(connect(port)))
            client.sendall(upload(1000, b"half").replace(b"Host", b"X-Forwarded-For: 192.0.2.1\r\nHost"))
        time.sleep(0.2)

        def send(address: str) -> tuple[int, dict[bytes, bytes], bytes]:
            lines = f"Connection: close\r\nX-Forwarded-For: {address}\r\nHost".encode()
            return exchange(port, upload(5, b"hello").replace(b"Host", lines))

        status, headers, body = send("192.0.2.1")
        assert (status, headers[b"retry-after"]) == (429, b"1")
        assert "error" in json.loads(body)
        assert send("192.0.2.2")[0] == 200
        assert get(port, "/", "X-Forwarded-For: 192.0.2.1")[0] == 200
    assert send("192.0.2.1")[0] == 200


def test_a_body_must_make_progress_and_may_then_take_its_time(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr("together.http.arrivals.STALLED", 0.5)
    scope = {"headers": [(b"content-length", b"15")], "client": ("192.0.2.1", 1)}

    async def read(*pauses: float) -> bytes:
        pieces = iter(pauses)

        async def receive() -> dict:
            await asyncio.sleep(next(pieces, 0))
            return {"type": "http.request", "body": b"x", "more_body": next(left) > 0}

        left = iter(range(len(pauses) - 1, -1, -1))
        return (await Arrivals(max_body=100, timeout=60).read(scope, receive)).read()

    assert run(read(*[0.05] * 15)) == b"x" * 15
    with pytest.raises(Refusal) as refusal:
        run(read(0, 30, 0))
    assert refusal.value.status == 408


def test_an_upload_that_breaks_off_never_reaches_a_view(port: int, site: Site):
    for _ in range(5):
        with closing(connect(port)) as client:
            client.sendall(upload(1000, b"half of it"))
    assert others_are_served(port)
    assert [request["PATH_INFO"] for request in site.requests] == ["/"]


def test_an_upload_that_takes_too_long_is_told_so(port: int, site: Site):
    status, _, body = exchange(port, upload(1000, b"and then nothing"))
    assert (status, json.loads(body)) == (408, {"error": "The request took too long to arrive."})
    assert site.requests == []


def test_a_body_that_says_it_is_too_large_is_refused_before_it_comes(port: int, site: Site):
    before = time.monotonic()
    with closing(connect(port)) as client:
        client.sendall(upload(MAX_BODY + 1, b""))
        answer = b""
        while not answer.endswith(b"}"):
            answer += client.recv(65536)
    assert time.monotonic() - before < PATIENCE
    assert b"413" in answer.splitlines()[0]
    assert b'{"error": "The request is larger than 2 MiB."}' in answer
    assert site.requests == []


def test_a_body_that_turns_out_too_large_is_refused(port: int, site: Site):
    chunk = b"10000\r\n" + b"x" * 0x10000 + b"\r\n"
    request = b"POST / HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: chunked\r\n\r\n" + chunk * 40 + b"0\r\n\r\n"
    assert exchange(port, request)[0] == 413
    assert site.requests == []


def test_more_requests_than_threads_wait_their_turn(port: int, site: Site):
    answers: list[int] = []
    crowd = [threading.Thread(target=lambda: answers.append(get(port, "/slow")[0])) for _ in range(6)]
    for one in crowd:
        one.start()
    for one in crowd:
        one.join()
    assert answers == [200] * 6


def test_a_request_whose_client_left_the_queue_is_not_worked_on(port: int, site: Site):
    with ExitStack() as stack:
        for _ in range(THREADS):
            stack.enter_context(closing(connect(port))).sendall(b"GET /slow HTTP/1.1\r\nHost: localhost\r\n\r\n")
        time.sleep(0.1)
        with closing(connect(port)) as client:
            client.sendall(b"GET /left HTTP/1.1\r\nHost: localhost\r\n\r\n")
            time.sleep(0.05)
        assert others_are_served(port)
    assert [request["PATH_INFO"] for request in site.requests] == ["/slow", "/slow", "/"]


def test_a_crowd_beyond_the_limit_is_told_to_come_back(port: int, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr("together.http.bridge.MAX_REQUESTS", 0)
    status, headers, body = get(port)
    assert (status, headers[b"retry-after"]) == (503, b"1")
    assert "error" in json.loads(body)


@pytest.mark.parametrize("limit", ["PATIENCE", "LONGEST"])
def test_when_all_threads_are_held_waiting_ends_and_static_files_and_metrics_are_still_sent(
    port: int, site: Site, monkeypatch: pytest.MonkeyPatch, limit: str
):
    monkeypatch.setattr("together.http.bridge.PATIENCE", 0.3)
    monkeypatch.setattr(f"together.http.bridge.{limit}", 0.3)
    with ExitStack() as stack:
        held = [stack.enter_context(closing(connect(port))) for _ in range(THREADS)]
        for client in held:
            client.sendall(b"GET /held HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n")
        time.sleep(0.1)
        status, headers, _ = get(port)
        assert (status, headers[b"retry-after"]) == (503, b"1")
        assert [get(port, path)[0] for path in ("/static/app.css", "/metrics")] == [200, 200]
        if limit == "PATIENCE":
            site.released.set()
        # Work that has begun may take longer than waiting for a thread, but not for ever.
        assert {client.recv(12) for client in held} == {b"HTTP/1.1 200" if limit == "PATIENCE" else b"HTTP/1.1 503"}
        site.released.set()
    assert others_are_served(port)


def test_a_site_that_fails_tells_nothing_about_it(port: int):
    status, _, body = get(port, "/fail")
    assert (status, json.loads(body)) == (500, {"error": "Something went wrong on our side."})


def test_a_file_is_sent_whole_and_its_place_is_not_told(port: int, site: Site):
    status, headers, body = get(port, "/file/digits")
    assert (status, body) == (200, b"0123456789")
    assert headers[b"content-length"] == b"10"
    assert headers[b"accept-ranges"] == b"bytes"
    assert FILE_HEADER.lower().encode() not in headers


@pytest.mark.parametrize(
    ("asked", "status", "body", "told"),
    [
        ("0-3", 206, b"0123", b"bytes 0-3/10"),
        ("4-", 206, b"456789", b"bytes 4-9/10"),
        ("-2", 206, b"89", b"bytes 8-9/10"),
        ("-99", 206, b"0123456789", b"bytes 0-9/10"),
        ("8-99", 206, b"89", b"bytes 8-9/10"),
        ("10-", 416, b"", b"bytes */10"),
        ("-0", 416, b"", b"bytes */10"),
        ("3-1", 200, b"0123456789", None),
        ("0-1,4-5", 200, b"0123456789", None),
        ("-", 200, b"0123456789", None),
        ("9" * 5000 + "-", 200, b"0123456789", None),
    ],
)
def test_a_range_of_a_file(port: int, asked: str, status: int, body: bytes, told: bytes | None):
    got, headers, content = get(port, "/file/digits", f"Range: bytes={asked}")
    assert (got, content, headers.get(b"content-range")) == (status, body, told)


def test_a_range_of_an_older_file_gives_the_whole_newer_one(port: int):
    assert get(port, "/file/digits", "Range: bytes=0-3", 'If-Range: "old"')[::2] == (200, b"0123456789")


def test_head_gives_the_length_of_a_file_and_nothing_of_it(port: int):
    status, headers, body = get(port, "/file/digits", method="HEAD")
    assert (status, headers[b"content-length"], body) == (200, b"10", b"")


@pytest.mark.parametrize("name", ["gone", "", ".."])
def test_a_file_that_is_gone_is_not_found(port: int, name: str):
    assert get(port, f"/file/{name}")[0] == 404


@pytest.mark.parametrize("target", ["/%", "/%zz", "/%ff%fe", "/caf\xe9", "/?q=\xe9", "/?q=%00", "*", "//", "http://"])
def test_a_malformed_address_breaks_nothing(port: int, target: str):
    assert get(port, target)[0] in {200, 400}


def test_a_nul_in_the_path_is_refused(port: int, site: Site):
    status, _, body = get(port, "/a%00b")
    assert (status, json.loads(body)) == (400, {"error": "The address of the request is malformed."})
    assert site.requests == []


def test_bytes_of_a_path_arrive_as_they_were_sent(port: int, site: Site):
    get(port, "/a%2Fb%C3%A9%ff")
    assert site.requests[0]["PATH_INFO"].encode("latin-1") == b"/a/b\xc3\xa9\xff"


def test_a_header_with_an_underscore_does_not_pass_for_one_with_a_dash(port: int, site: Site):
    get(port, "/", "X_Forwarded_For: 6.6.6.6", "Proxy: http://evil")
    assert "HTTP_X_FORWARDED_FOR" not in site.requests[0]
    assert "HTTP_PROXY" not in site.requests[0]


def test_endless_headers_are_cut_off(port: int):
    with closing(connect(port)) as client:
        client.sendall(b"GET / HTTP/1.1\r\nX-Long: " + b"x" * (HEAD_LIMIT + 1))
        assert b"400" in client.recv(65536).splitlines()[0]


@pytest.mark.parametrize(("size", "status"), [(HEAD_LIMIT // 2, b"200"), (HEAD_LIMIT + 4096, b"400")])
def test_a_long_head_is_counted_also_when_it_comes_whole(port: int, size: int, status: bytes):
    lines = b"X: %b\r\n" % (b"x" * 95) * (size // 100)
    with closing(connect(port)) as client:
        client.sendall(b"GET / HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n" + lines + b"\r\n")
        assert client.recv(65536).split()[1] == status


CHUNKED = b"POST / HTTP/1.1\r\nHost: a\r\nConnection: close\r\nTransfer-Encoding: chunked\r\n\r\n"


@pytest.mark.parametrize("start", [b"0\r\n", b"0\r\na: ", b"1;a="])
@pytest.mark.parametrize("more", [b"a:b\r\n", b"bbbbb"])
def test_endless_trailers_are_cut_off(port: int, site: Site, start: bytes, more: bytes):
    with closing(connect(port)) as client, suppress(ConnectionError):
        client.settimeout(1)
        client.sendall(CHUNKED + start)
        for _ in range(20):
            client.sendall(more * (TRAILER_LIMIT // len(more)))
            time.sleep(0.01)
        assert b"400" in client.recv(65536).splitlines()[0]
    assert site.requests == []


def test_trailers_are_read_and_no_part_of_the_request(port: int, site: Site):
    assert exchange(port, CHUNKED + b"3\r\nabc\r\n0\r\nX-Late: 1\r\n\r\n")[::2] == (200, b"got 3")
    assert "HTTP_X_LATE" not in site.requests[0]


@pytest.mark.parametrize("sent", [b"", b"GET / HT", b"GET / HTTP/1.1\r\nHost: localhost\r\n\r\nGET / HT"])
def test_a_client_that_never_finishes_its_headers_is_let_go(
    server: uvicorn.Server, port: int, sent: bytes, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr("together.http.protocol.HEAD_TIMEOUT", 0.3)
    with closing(connect(port)) as client:
        client.sendall(sent)
        assert is_let_go(server)


def test_a_client_that_stops_reading_is_let_go(server: uvicorn.Server, port: int, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr("together.http.protocol.STALLED", 0.3)
    with closing(connect(port)) as client:
        client.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
        client.sendall(b"GET /file/big HTTP/1.1\r\nHost: localhost\r\n\r\n")
        assert is_let_go(server)


def test_a_second_request_on_the_same_connection_may_carry_a_large_body(port: int):
    with closing(connect(port)) as client:
        first = b"GET / HTTP/1.1\r\nHost: localhost\r\n\r\n"
        second = upload(500_000, b"x" * 500_000).replace(b"Host", b"Connection: close\r\nHost")
        client.sendall(first + second)
        answer = b""
        while chunk := client.recv(65536):
            answer += chunk
    assert answer.count(b"200 OK") == 2
    assert answer.endswith(b"got 500000")
