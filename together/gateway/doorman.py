"""Who may open a socket: an access token in the query, or a page's cookie from our own origin."""

from typing import Any
from urllib.parse import parse_qs, urlsplit

from django.conf import settings
from django.http.cookie import parse_cookie
from django.http.request import split_domain_port, validate_host

from accounts.access import session_of_cookie, session_of_token
from accounts.models import Session
from together import limits
from together.http.address import address_of


def admit(scope: dict[str, Any]) -> tuple[Session | None, bool]:
    """Count a handshake and look who it is. Raises `TooMany`. Asks Redis and the database: not on the event loop."""
    limits.hit_address("address", address_of(scope))
    return session_of(scope)


def session_of(scope: dict[str, Any]) -> tuple[Session | None, bool]:
    """The live session behind a handshake, if any, and whether it is a page's.

    A token wins, as on the wire. A cookie counts only with an `Origin` of our own: it is sent along by any page that a
    browser has open (cross-site WebSocket hijacking).
    """
    if token := _asked(scope, "token"):
        return session_of_token(token), False
    cookie = parse_cookie(_header(scope, b"cookie")).get(settings.SESSION_COOKIE_NAME)
    if cookie and _is_own(_header(scope, b"origin"), _header(scope, b"host")):
        return session_of_cookie(cookie), True
    return None, False


def resume_of(scope: dict[str, Any]) -> str | None:
    """The place in the log from which a client wants to go on, as it says; what it is worth, the log decides."""
    return _asked(scope, "resume")


def _asked(scope: dict[str, Any], name: str) -> str | None:
    values = parse_qs(scope.get("query_string", b"").decode("latin-1")).get(name)
    return values[0] if values else None


def _header(scope: dict[str, Any], name: bytes) -> str:
    values = [value for key, value in scope.get("headers", []) if key.lower() == name]
    return b", ".join(values).decode("latin-1")


def _is_own(origin: str, host: str) -> bool:
    """Whether a page of ours asks: its origin is the configured one, or that of the allowed host it was served from."""
    if origin == settings.PUBLIC_URL:
        return True
    domain, _port = split_domain_port(host)
    try:
        return urlsplit(origin).netloc == host and validate_host(domain, settings.ALLOWED_HOSTS)
    except ValueError:
        return False
