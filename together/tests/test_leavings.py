"""A request to the API leaves nothing for Python's garbage collector, which holds up everybody while it looks."""

import gc
from collections.abc import Iterator

import pytest
from django.core.handlers.wsgi import WSGIRequest
from django.test import RequestFactory
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from together.http.wsgi_call import call
from together.testing.cast import Cast, bearer
from together.wsgi import application


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
    assert [one for one in gc.garbage if isinstance(one, WSGIRequest | Request | Response | APIView)] == []
