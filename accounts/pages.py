"""Page sign-ins: Django's `login()` and `logout()`, on our pages as in admin, begin and end a `sessions` row."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any, cast

from django.conf import settings
from django.contrib.auth.decorators import login_required
from django.contrib.auth.signals import user_logged_in, user_logged_out
from django.dispatch import receiver
from django.http import HttpRequest, HttpResponse
from django.views.decorators.cache import never_cache
from django.views.decorators.vary import vary_on_headers

from accounts import actions
from accounts.access import PAGE_SESSION, session_of_page
from accounts.models import Session, User

View = Callable[..., HttpResponse]


def signed_in(view: View) -> View:
    """For people who are signed in; others sign in first. No cache keeps what they saw."""
    return never_cache(vary_on_headers("Accept", "HX-Request")(login_required(view)))


def person(request: HttpRequest) -> User:
    """Who asks, behind `signed_in`."""
    return cast(User, request.user)


def address_of(request: HttpRequest) -> str:
    """The client's address, behind the proxies that the operator trusts."""
    return cast(str, request.client_address)  # type: ignore[attr-defined]


@receiver(user_logged_in)
def _begin(request: HttpRequest, user: User, **rest: Any) -> None:
    _end_old(request)
    session = actions.sign_in_page(
        user=user,
        client=request.headers.get("User-Agent", ""),
        lifetime=timedelta(seconds=settings.SESSION_COOKIE_AGE),
    )
    request.session[PAGE_SESSION] = str(session.pk)


@receiver(user_logged_out)
def _end_old(request: HttpRequest, **rest: Any) -> None:
    session: Session | None = session_of_page(request)
    if session:
        actions.sign_out(session=session)
