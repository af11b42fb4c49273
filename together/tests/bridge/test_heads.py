"""Addresses and headers: malformed, misleading or endless, and clients that never finish them or never read."""

import json
import socket
import time
from contextlib import closing, suppress

import pytest
import uvicorn

from together.http.protocol import HEAD_LIMIT, TRAILER_LIMIT
from together.tests.bridge.conftest import Site
from together.tests.bridge.raw import CHUNKED, connect, exchange, get, is_let_go


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
