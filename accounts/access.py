"""Who is asking: the one place where a token or a page session becomes a person."""

import uuid

from django.contrib.sessions.backends.base import SessionBase
from django.contrib.sessions.backends.signed_cookies import SessionStore
from django.db import DEFAULT_DB_ALIAS
from django.http import HttpRequest
from django.utils import timezone

from accounts import tokens
from accounts.models import Session, User
from together.database.trip import trip
from together.rest.fields import parse_id

# Where a page sign-in keeps the id of its row in Django's session cookie.
PAGE_SESSION = "session_id"

# `SessionQuerySet.live` with its person, asked by every request: the ORM would take four times as long to write it.
_OF_SESSION = [field.attname for field in Session._meta.concrete_fields]
_OF_USER = [field.attname for field in User._meta.concrete_fields]
_LIVE = f"""
SELECT {", ".join([f"s.{name}" for name in _OF_SESSION] + [f"u.{name}" for name in _OF_USER])}
FROM sessions AS s JOIN users AS u ON u.id = s.user_id
WHERE s.id = %(id)s AND s.revoked_at IS NULL AND s.expires_at > %(now)s AND u.disabled_at IS NULL
"""  # noqa: S608  (names of our own columns)


def live_session(session_id: uuid.UUID | None) -> Session | None:
    """A sign-in that still counts, with its person, in one query."""
    if session_id is None:
        return None
    (rows,) = trip(_LIVE, values={"id": session_id, "now": timezone.now()})
    if not rows:
        return None
    row = rows[0]
    session = Session.from_db(DEFAULT_DB_ALIAS, _OF_SESSION, row[: len(_OF_SESSION)])
    session.user = User.from_db(DEFAULT_DB_ALIAS, _OF_USER, row[len(_OF_SESSION) :])
    return session


def session_of_token(token: str) -> Session | None:
    """The live session of an access token."""
    return live_session(tokens.session_of_access(token))


def session_of_cookie(cookie: str) -> Session | None:
    """The live session that the value of a page's session cookie names."""
    return _named(SessionStore(cookie))


def session_of_page(request: HttpRequest) -> Session | None:
    """The live session of a signed-in page."""
    return _named(request.session)


def sessions_of(actor: User, here: Session) -> list[Session]:
    """One's own live sign-ins, the most recently used first; the `current` one is that by which they are asked for."""
    sessions = list(Session.objects.live().filter(user=actor).order_by("-last_active", "-id"))
    for session in sessions:
        session.current = session.pk == here.pk
    return sessions


def _named(cookie: SessionBase) -> Session | None:
    return live_session(parse_id(cookie.get(PAGE_SESSION)))
