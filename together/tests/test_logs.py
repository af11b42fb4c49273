"""Logs carry no secrets, and no traceback for what a client got wrong."""

import logging
import sys

import pytest

from together.logs import Discretion


def line(message: str, *arguments: object, name: str = "django.request") -> str:
    record = logging.LogRecord(name, logging.ERROR, __file__, 1, message, arguments, None)
    assert Discretion().filter(record)
    return record.getMessage()


@pytest.mark.parametrize(
    ("message", "argument", "said"),
    [
        ("Service Unavailable: %s", "/password/reset/abc.def-123", "Service Unavailable: /password/reset/…"),
        ("%s", "GET /ws?token=ey.J.x HTTP/1.1", "GET /ws?token=… HTTP/1.1"),
        ("%s", "GET /ws?a=1&bot_token=abc", "GET /ws?a=1&bot_token=…"),
        ("%s", "Authorization: Bearer ey.J.x", "Authorization: Bearer …"),
        ("%s", "/channels/1/2", "/channels/1/2"),
    ],
)
def test_secrets_are_blanked(message: str, argument: str, said: str) -> None:
    assert line(message, argument) == said


def test_a_client_s_mistake_has_no_traceback_and_ours_has() -> None:
    try:
        raise ValueError("x")
    except ValueError:
        error = sys.exc_info()
    theirs = logging.LogRecord("django.security.DisallowedHost", logging.ERROR, "", 1, "x", (), error)
    ours = logging.LogRecord("together", logging.ERROR, "", 1, "x", (), error)
    assert Discretion().filter(theirs)
    assert Discretion().filter(ours)
    assert theirs.exc_info is None
    assert ours.exc_info == error
