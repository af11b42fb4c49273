"""Who is at the other end of a page."""

from django.contrib.auth import middleware
from django.contrib.auth.models import AnonymousUser
from django.http import HttpRequest
from django.utils.functional import SimpleLazyObject

from accounts.access import session_of_page
from accounts.models import Session, User


class AuthenticationMiddleware(middleware.AuthenticationMiddleware):
    """Sets `request.user` from the live `sessions` row that the cookie names: an ended row ends the page's sign-in."""

    def process_request(self, request: HttpRequest) -> None:
        request.sign_in = SimpleLazyObject(lambda: session_of_page(request))  # type: ignore[attr-defined]
        request.user = SimpleLazyObject(lambda: _person(request))  # type: ignore[assignment]


def _person(request: HttpRequest) -> User | AnonymousUser:
    sign_in: Session | None = session_of_page(request)
    return sign_in.user if sign_in else AnonymousUser()
