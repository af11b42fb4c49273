"""What logs say, and what they may not: no token that still opens something, no password, no query string.

A line for people or an object for programs (`LOG_FORMAT`); both carry what is known of the request or socket that they
are about (`begin`, `learn`), and both are blanked as the very last thing, whatever a message, an exception or an extra
field brought in.
"""

import logging
import re
import uuid
from contextvars import ContextVar
from typing import Any

from pythonjsonlogger.json import JsonFormatter

# What a client may choose as the id of its request: enough for UUIDs and for the ids of tracing tools.
_REQUEST_ID = re.compile(r"[A-Za-z0-9_-]{8,64}")

_BLANK = "…"
_SECRETS = [
    # A query string, in which there may be a token (`/ws?token=`); of paths, a reset link and the code of an invite.
    re.compile(r"(\?)[^\s\"'=?]+=[^\s\"']*"),
    re.compile(r"(/password/reset/|/invites?/)[^\s\"']+"),
    # One of our tokens, wherever it stands.
    re.compile(r"()\beyJ[\w-]+\.[\w.-]+"),
    # Credentials in a header, in an address, and under a name that says so.
    re.compile(r"((?:Bearer|Bot|Basic)\s+)[^\s\"'&]+"),
    re.compile(r"(\w://[^\s/:@\"']*:)[^\s/@\"']+(?=@)"),
    re.compile(r"(?i)(cookie[\"']?\s*(?:[:=]\s*[\"']?|,\s*b[\"']))[^\r\n\"']+"),
    re.compile(r"(?i)(\b\w*(?:password|token|secret)[\"']?\s*[:=]\s*[\"']?)[^\s\"',;&]+"),
]
_SECRET_NAME = re.compile(r"(?i)password|token|secret|cookie|authorization|query")
# Django hands the request itself along; its name has the query string in it.
_LEFT_OUT = ("request", "color_message", "taskName")

# One line for each request and each socket, in JSON only.
access = logging.getLogger("together.access")

_known: ContextVar[dict[str, str]] = ContextVar("known", default={})  # noqa: B039 (never changed in place)


def begin(**facts: object) -> None:
    """From here on, in this thread or task, every record says what it is about: `request_id=…`, or `socket_id=…`."""
    _known.set({name: str(value) for name, value in facts.items()})


def learn(**facts: object) -> None:
    """Something more has become known of the request or socket that is being dealt with, such as `user_id=…`."""
    if known := _known.get():
        _known.set(known | {name: str(value) for name, value in facts.items()})


def socket_opened(**facts: object) -> None:
    """Begin a socket, which gets an id, and say so. For its own task: what is logged later there carries the id."""
    begin(socket_id=uuid.uuid4().hex, **facts)
    access.info("socket opened")


def socket_closed(code: int, seconds: float) -> None:
    """The socket of this task has ended with that code, after so many seconds."""
    access.info("socket closed: %s", code, extra={"code": code, "seconds": round(seconds, 1)})


def known(name: str) -> str | None:
    """One of the facts, such as `request_id`."""
    return _known.get().get(name)


def request_id(given: str) -> str:
    """The id of a request: the one that it came with, if that is harmless, or a new one."""
    return given if _REQUEST_ID.fullmatch(given) else uuid.uuid4().hex


def blanked(text: str) -> str:
    """A text without the secrets in it."""
    for secret in _SECRETS:
        text = secret.sub(rf"\1{_BLANK}", text)
    return text


class Discretion(logging.Filter):
    """Shortens Django's complaints about what a client got wrong to their sentence."""

    def filter(self, record: logging.LogRecord) -> bool:
        if record.name.startswith("django.security"):
            record.exc_info = record.exc_text = None
        return True


class Line(logging.Formatter):
    """A line for people; the id of the request stands at its end."""

    def format(self, record: logging.LogRecord) -> str:
        return blanked(super().format(record))

    def formatMessage(self, record: logging.LogRecord) -> str:  # noqa: N802
        id = known("request_id") or known("socket_id")
        return super().formatMessage(record) + (f" [{id}]" if id else "")


class Json(JsonFormatter):
    """An object on one line: time, level, logger, message, what is known, and the extra fields of the record."""

    def __init__(self) -> None:
        super().__init__(
            ["asctime", "levelname", "name", "message"],
            rename_fields={"asctime": "time", "levelname": "level", "name": "logger", "exc_info": "exception"},
            rename_fields_keep_missing=False,
            reserved_attrs=[*_reserved(), *_LEFT_OUT],
            json_ensure_ascii=False,
        )
        self.default_time_format, self.default_msec_format = "%Y-%m-%dT%H:%M:%S", "%s.%03d"

    def process_log_record(self, log_data: dict[str, Any]) -> dict[str, Any]:
        content: dict[str, Any] = _discreet(super().process_log_record(log_data) | _known.get())
        return content


def _discreet(value: Any) -> Any:
    match value:
        case dict():
            return {str(name): _BLANK if _SECRET_NAME.search(str(name)) else _discreet(value[name]) for name in value}
        case list() | tuple() | set():
            return [_discreet(one) for one in value]
        case None | bool() | int() | float():
            return value
    return blanked(str(value))


def _reserved() -> list[str]:
    return list(logging.makeLogRecord({}).__dict__)
