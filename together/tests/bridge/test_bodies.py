"""Bodies of requests: whole, stalled, broken off, slow, too large or too many."""

import asyncio
import json
import time
from contextlib import ExitStack, closing
from ipaddress import ip_network

import pytest

from together.http.arrivals import Arrivals
from together.http.replies import Refusal
from together.testing.gateway import run
from together.tests.bridge.conftest import MAX_BODY, Site
from together.tests.bridge.raw import PATIENCE, connect, exchange, get, others_are_served, upload


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
