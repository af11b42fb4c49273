"""Requests and sockets leave nothing to Python's garbage collector, which holds up everybody while it looks."""

import asyncio
import gc
from collections import Counter
from collections.abc import Iterator

import pytest
from django.core.handlers.wsgi import WSGIRequest
from django.test import RequestFactory
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView
from websockets.server import ServerProtocol

from together.gateway.consumer import Gateway
from together.gateway.protocol import Protocol
from together.http.protocol import CarefulProtocol
from together.http.wsgi_call import call
from together.testing.cast import Cast, bearer
from together.testing.gateway import run, token
from together.testing.sockets import Site, handshake, opened
from together.wsgi import application

# What a socket is made of, and the connection that it was before.
PARTS = (Gateway, Protocol, ServerProtocol, CarefulProtocol)


@pytest.fixture
def collector() -> Iterator[None]:
    """It keeps what it finds, and looks only when it is told to."""
    gc.collect()
    gc.disable()
    gc.set_debug(gc.DEBUG_SAVEALL)
    yield
    gc.set_debug(0)
    gc.garbage.clear()
    gc.enable()


def test_nothing_is_left_of_a_socket_once_it_is_closed(site: Site, cast: Cast, collector: None) -> None:
    async def story() -> None:
        async with opened(site, charlie) as client:
            # The connection as it was before the handshake is gone already.
            assert alive() == {Gateway: 1, Protocol: 1, ServerProtocol: 1}
            await client.connection.close()
        async with opened(site, charlie) as client:
            client.connection.transport.abort()
        assert await handshake(f"{site.socket_url}?token=x") == 401
        async with asyncio.timeout(10):
            while alive():
                await asyncio.sleep(0.05)

    def alive() -> Counter[type]:
        return Counter(type(one) for one in gc.get_objects() if type(one) in PARTS)

    charlie = token(cast.charlie)
    run(story())


# With real transactions: each request sees to its connection.
@pytest.mark.parametrize(
    ("method", "path", "body", "status"),
    [
        ("POST", "channels/{channel}/messages", '{"content": "hello"}', 201),
        ("POST", "channels/{channel}/messages", '{"content": ""}', 400),
        ("GET", "channels/{channel}/messages", "", 200),
        ("GET", "channels/{channel}/messages?limit=x", "", 400),
        ("GET", "channels/{server}/messages", "", 404),
        ("HEAD", "servers/{server}", "", 200),
        ("GET", "nowhere", "", 404),
    ],
)
def test_nothing_is_left_of_a_request_once_it_is_answered(
    transactional_db: None, cast: Cast, collector: None, method: str, path: str, body: str, status: int
) -> None:
    address = "/api/" + path.format(channel=cast.general.pk, server=cast.server.pk)
    headers = {**bearer(cast.bob), "Content-Type": "application/json"}
    asked = RequestFactory().generic(method, address, body, "application/json", headers=headers)
    gc.garbage.clear()
    answer = call(application, asked.environ)
    answer.body.close()
    gc.collect()
    assert answer.status == status
    assert [one for one in gc.garbage if issubclass(type(one), (WSGIRequest, Request, Response, APIView))] == []
