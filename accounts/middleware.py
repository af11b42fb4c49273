"""Who is at the other end of a page."""

from functools import cache

from django.contrib.auth import middleware
from django.contrib.auth.models import AnonymousUser
from django.http import HttpRequest
from django.utils.functional import SimpleLazyObject

from accounts.access import session_of_page
from accounts.actions import note_use
from accounts.models import Session, User
from together import logs


class AuthenticationMiddleware(middleware.AuthenticationMiddleware):
    """Sets `request.user` from the live `sessions` row that the cookie names: an ended row ends the page's sign-in."""

    def process_request(self, request: HttpRequest) -> None:
        # Read once, and not at all for requests that do not ask.
        sign_in = cache(lambda: _sign_in(request))
        request.sign_in = SimpleLazyObject(sign_in)  # type: ignore[attr-defined]
        request.user = SimpleLazyObject(lambda: _person(sign_in()))  # type: ignore[assignment]


def _sign_in(request: HttpRequest) -> Session | None:
    session = session_of_page(request)
    if session:
        logs.learn(user_id=session.user_id, session_id=session.pk)
        note_use(session=session)
    return session


def _person(session: Session | None) -> User | AnonymousUser:
    return session.user if session else AnonymousUser()
