"""Who is asking: the one place where a token or a page session becomes a person."""

import uuid

from django.contrib.sessions.backends.base import SessionBase
from django.contrib.sessions.backends.signed_cookies import SessionStore
from django.http import HttpRequest

from accounts import tokens
from accounts.models import Session, User
from together.rest.fields import parse_id

# Where a page sign-in keeps the id of its row in Django's session cookie.
PAGE_SESSION = "session_id"


def live_session(session_id: uuid.UUID | None) -> Session | None:
    """A sign-in that still counts, with its person, in one query."""
    return Session.objects.live().select_related("user").filter(pk=session_id).first() if session_id else None


def session_of_token(token: str) -> Session | None:
    """The live session of an access token."""
    return live_session(tokens.session_of_access(token))


def session_of_cookie(cookie: str) -> Session | None:
    """The live session that the value of a page's session cookie names."""
    return _named(SessionStore(cookie))


def session_of_page(request: HttpRequest) -> Session | None:
    """The live session of a signed-in page."""
    return _named(request.session)


def sessions_of(actor: User) -> list[Session]:
    """One's own live sign-ins, the most recently used first."""
    return list(Session.objects.live().filter(user=actor).order_by("-last_active", "-id"))


def _named(cookie: SessionBase) -> Session | None:
    return live_session(parse_id(cookie.get(PAGE_SESSION)))
