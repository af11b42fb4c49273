"""Fixtures for every test, loaded by the top `conftest.py`: before the settings, so models are imported inside."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Any

import pytest
from django.test import Client

from together import limits

if TYPE_CHECKING:
    from accounts.models import Session, User
    from together.events.bus import Frame
    from together.events.log import EventRecord
    from together.testing.cast import Cast
    from together.testing.sockets import Site

Api = Callable[..., "ApiClient"]


@pytest.fixture(autouse=True)
def fresh_limits() -> None:
    """No test is limited by what another one did."""
    limits.forget()


@pytest.fixture
def cast(db: None) -> Cast:
    from together.testing.cast import make_cast

    return make_cast()


@pytest.fixture
def api(db: None) -> Api:
    """Call the API as a person: `api(alice).post("/servers", {"name": "…"})`; `api()` is nobody."""
    return ApiClient


@pytest.fixture
def told(db: None) -> Callable[[], list[EventRecord]]:
    """What was logged since the last call: `[event] = told()`."""
    from together.events.log import EventRecord

    seen: set[int] = set()

    def fresh() -> list[EventRecord]:
        records = list(EventRecord.objects.exclude(pk__in=seen).order_by("pk"))
        seen.update(record.pk for record in records)
        return records

    return fresh


@pytest.fixture
def frames(db: None) -> Iterator[Callable[[], list[Frame]]]:
    """What is announced to sockets, once asked for."""
    from together.events import bus, drain

    heard: list[Frame] = []
    bus.listen(heard.extend)

    def announced() -> list[Frame]:
        drain()
        taken = list(heard)
        heard.clear()
        return taken

    yield announced
    bus.unlisten(heard.extend)


class ApiClient:
    """Django's test client, under `/api`, with a person's credentials and JSON both ways."""

    def __init__(self, user: User | None = None, *, session: Session | None = None, token: str = "") -> None:
        from accounts.tokens import access_token
        from together.testing.cast import bearer

        if user and session:
            token = access_token(user, session)
        self.headers = {"Authorization": f"Bearer {token}"} if token else bearer(user) if user else {}
        # A 500 is an answer to be looked at, not an exception of the test.
        self.client = Client(raise_request_exception=False)

    def get(self, path: str, query: dict[str, Any] | None = None) -> Any:
        return self.client.get(f"/api{path}", query, headers=self.headers)

    def post(self, path: str, body: Any = None) -> Any:
        return self._send("post", path, body)

    def put(self, path: str, body: Any = None) -> Any:
        return self._send("put", path, body)

    def patch(self, path: str, body: Any = None) -> Any:
        return self._send("patch", path, body)

    def delete(self, path: str) -> Any:
        return self.client.delete(f"/api{path}", headers=self.headers)

    def _send(self, method: str, path: str, body: Any) -> Any:
        content = {} if body is None else body
        send = getattr(self.client, method)
        return send(f"/api{path}", content, content_type="application/json", headers=self.headers)


@pytest.fixture
def site(transactional_db: None) -> Iterator[Site]:
    """The running product, on the test database."""
    from together.testing.sockets import Site

    with Site() as site:
        yield site
