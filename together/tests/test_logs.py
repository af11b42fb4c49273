"""Logs carry no secrets, say what they are about, and have no traceback for what a client got wrong."""

import json
import logging
import sys
from collections.abc import Callable
from contextvars import Context
from typing import TypeVar

import pytest

from together import logs
from together.logs import Discretion, Json, Line

T = TypeVar("T")

SECRETS = [
    ("Service Unavailable: %s", "/password/reset/abc.def-123", "Service Unavailable: /password/reset/…"),
    ("Service Unavailable: %s", "/invite/AbCdEf1234", "Service Unavailable: /invite/…"),
    ("Service Unavailable: %s", "/api/invites/AbCdEf1234/accept", "Service Unavailable: /api/invites/…"),
    ("%s", "GET /ws?token=ey.J.x HTTP/1.1", "GET /ws?… HTTP/1.1"),
    ("%s", "GET /ws?&%74oken=ey.J.x HTTP/1.1", "GET /ws?… HTTP/1.1"),
    ("It said %s", "eyJhbGci.eyJzdWIi.c2ln-_x", "It said …"),
    ("%s", "GET /ws?a=1&bot_token=abc", "GET /ws?…"),
    ("%s", "Authorization: Bearer ey.J.x", "Authorization: Bearer …"),
    ("%s", "postgresql://us:pass@host/db", "postgresql://us:…@host/db"),
    ("%s", "Cookie: sessionid=abc; csrftoken=def", "Cookie: …"),
    ("%s", {"HTTP_COOKIE": "sessionid=abc; csrftoken=def"}, "{'HTTP_COOKIE': '…'}"),
    ("%s", (b"cookie", b"sessionid=abc"), "(b'cookie', b'…')"),
    ("%s", {"password": "hunter2", "name": "bob"}, "{'password': '…', 'name': 'bob'}"),
    ("%s", "/channels/1/2", "/channels/1/2"),
    ("%s", "Really? Yes.", "Really? Yes."),
]


def record(message: str, *arguments: object, name: str = "together", **extra: object) -> logging.LogRecord:
    made = logging.LogRecord(name, logging.ERROR, __file__, 1, message, arguments, None)
    made.__dict__.update(extra)
    return made


def apart(said: Callable[[], T]) -> T:
    """What is said where nothing is known yet."""
    return Context().run(said)


def failure(sentence: str) -> tuple:
    try:
        raise ValueError(sentence)
    except ValueError:
        return sys.exc_info()


@pytest.mark.parametrize(("message", "argument", "said"), SECRETS)
def test_secrets_are_blanked(message: str, argument: object, said: str) -> None:
    assert apart(lambda: Line("%(message)s").format(record(message, argument))) == said
    assert json.loads(Json().format(record(message, argument)))["message"] == said


def test_secrets_are_blanked_in_exceptions_and_in_extra_fields() -> None:
    extra = {"exc_info": failure("Bearer very-secret"), "headers": {"Cookie": "very-secret"}, "password": "very-secret"}
    for formatter in (Line("%(message)s"), Json()):
        said = formatter.format(record("It failed", **extra, url="/ws?token=very-secret", request="/?x=very-secret"))
        assert "ValueError" in said
        assert "very-secret" not in said


def test_a_json_record_is_one_line_with_what_is_known() -> None:
    def request() -> str:
        logs.begin(request_id="0123456789")
        logs.learn(user_id=7)
        return Json().format(record("Two\nlines", status=200, exc_info=failure("x")))

    said = apart(request)
    content = json.loads(said)
    assert "\n" not in said
    assert content["message"] == "Two\nlines"
    assert (content["level"], content["logger"], content["request_id"]) == ("ERROR", "together", "0123456789")
    assert (content["user_id"], content["status"]) == ("7", 200)
    assert content["time"][10] == "T"
    assert content["exception"].endswith("ValueError: x")


def test_what_is_known_of_one_request_is_not_of_the_next() -> None:
    def requests() -> str:
        logs.learn(user_id=6)
        logs.begin(request_id="0123456789")
        logs.learn(user_id=7)
        logs.begin(request_id="9876543210")
        return Json().format(record("Later"))

    content = json.loads(apart(requests))
    assert content["request_id"] == "9876543210"
    assert "user_id" not in content


def test_a_line_ends_with_the_request_that_it_is_about() -> None:
    def request() -> str:
        logs.begin(request_id="0123456789")
        return Line("%(message)s").format(record("It failed"))

    assert apart(request) == "It failed [0123456789]"
    assert apart(lambda: Line("%(message)s").format(record("It failed"))) == "It failed"


def test_what_django_says_of_an_answer_names_its_request(api, monkeypatch) -> None:
    said: list[str] = []
    listener = logging.Handler()
    monkeypatch.setattr(listener, "emit", lambda record: said.append(Line("%(message)s").format(record)))
    monkeypatch.setattr(logging.getLogger("django.request"), "handlers", [listener])
    monkeypatch.setattr("together.health.probe", lambda *_: ("timeout", 5))
    api().client.get("/api/health/ready", headers={"X-Request-ID": "trace-0123456789"})
    assert said == ["Service Unavailable: /api/health/ready [trace-0123456789]"]


def test_a_client_s_mistake_has_no_traceback_and_ours_has() -> None:
    theirs = record("x", name="django.security.DisallowedHost", exc_info=failure("x"))
    ours = record("x", exc_info=failure("x"))
    assert Discretion().filter(theirs)
    assert Discretion().filter(ours)
    assert theirs.exc_info is None
    assert ours.exc_info is not None


def test_an_answer_tells_the_id_of_its_request(api) -> None:
    client = api().client
    made = client.get("/api/health/live").headers["X-Request-ID"]
    assert made != client.get("/api/health/live").headers["X-Request-ID"]
    given = {"X-Request-ID": "trace-0123456789"}
    assert client.get("/api/health/live", headers=given).headers["X-Request-ID"] == "trace-0123456789"
    for wrong in ("short", "x" * 65, "with blanks in it", "a;b=0123456789", "<0123456789>"):
        answer = client.get("/api/health/live", headers={"X-Request-ID": wrong})
        assert answer.headers["X-Request-ID"] != wrong
    # Also one that is refused before any view is found.
    assert client.get("/nowhere", headers=given).headers["X-Request-ID"] == "trace-0123456789"


def test_each_request_has_a_line_that_tells_no_address(api, cast, caplog) -> None:
    with caplog.at_level(logging.INFO, "together.access"):
        api(cast.bob).get(f"/servers/{cast.server.pk}?token=very-secret")
    [line] = [record for record in caplog.records if record.name == "together.access"]
    assert line.getMessage() == "GET /api/servers/<str:server_id> 200"
    assert (line.method, line.status) == ("GET", 200)
    assert line.bytes > 100
    assert line.ms > 0


def test_a_socket_has_a_line_when_it_opens_and_one_when_it_closes(caplog) -> None:
    def socket() -> str | None:
        logs.socket_opened(user_id=7)
        logs.socket_closed(4009, 1.26)
        return logs.known("socket_id")

    with caplog.at_level(logging.INFO, "together.access"):
        ids = {apart(socket), apart(socket)}
    assert len(ids) == 2
    assert [line.getMessage() for line in caplog.records] == ["socket opened", "socket closed: 4009"] * 2
    assert caplog.records[1].seconds == 1.3
