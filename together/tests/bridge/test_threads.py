"""Who waits for a thread, for how long, and what is answered when none becomes free."""

import json
import socket
import threading
import time
from contextlib import ExitStack, closing

import pytest

from together.tests.bridge.conftest import THREADS, Site
from together.tests.bridge.raw import connect, get, others_are_served


@pytest.mark.parametrize("path", ["/large", "/file/big"])
def test_twenty_stalled_downloads_do_not_hold_up_another_request(port: int, path: str):
    with ExitStack() as stack:
        for _ in range(20):
            client = stack.enter_context(closing(connect(port)))
            client.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
            client.sendall(f"GET {path} HTTP/1.1\r\nHost: localhost\r\n\r\n".encode())
            client.recv(100)
        assert others_are_served(port)


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
