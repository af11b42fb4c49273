"""Signing up, in and out, passwords, and the list of one's sign-ins."""

import re
import uuid
from typing import Any

from django.conf import settings
from django.contrib import messages
from django.contrib.auth import login, logout
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST

from accounts import actions
from accounts.access import sessions_of
from accounts.forms import (
    ChangePasswordForm,
    ForgotPasswordForm,
    PresenceForm,
    RegisterForm,
    ResetPasswordForm,
    SignInForm,
)
from accounts.instance import way_in
from accounts.models import RegistrationMode, User
from accounts.pages import address_of, person, signed_in
from accounts.passwords import check
from accounts.resets import send_reset_mail, user_of_reset
from together import limits
from together.forms import show_form
from together.refusals import NotFound

THEMES = ("dark", "light", "system")
# Django refuses to redirect to a longer one.
MAX_ADDRESS = 2000
# This app knows no invites, only where such a link leads.
INVITE_PAGE = re.compile(r"/invite/([A-Za-z0-9]+)")

form_page = require_http_methods(["GET", "HEAD", "POST"])


@form_page
@never_cache
def register(request: HttpRequest) -> HttpResponse:
    """Sign up, and be signed in. Where that takes an invite, one is in its server then."""
    if request.user.is_authenticated:
        return redirect(_next(request))
    mode = way_in()
    form = RegisterForm(_typed(request), mode=mode, initial={"invite_code": _invite_code(request)})
    if request.method == "POST" and form.carried_out(_enrol, address=address_of(request)):
        login(request, form.result)
        # An invite that let somebody onto the instance is spent: they are where it led.
        accepted = mode == RegistrationMode.INVITE_ONLY and INVITE_PAGE.fullmatch(_next(request))
        return redirect("home" if accepted else _next(request))
    return show_form(request, "accounts/register_view.html", form, next=_next(request), mode=mode)


@form_page
@never_cache
def sign_in(request: HttpRequest) -> HttpResponse:
    """Sign in, and go on to the page that asked for it."""
    if request.user.is_authenticated:
        return redirect(_next(request))
    form = SignInForm(_typed(request))
    if request.method == "POST" and form.carried_out(check, address=address_of(request)):
        login(request, form.result)
        return redirect(_next(request))
    return show_form(request, "accounts/login_view.html", form, next=_next(request))


@require_POST
def sign_out(request: HttpRequest) -> HttpResponse:
    logout(request)
    return redirect("login")


@form_page
@never_cache
def forgot_password(request: HttpRequest) -> HttpResponse:
    """Ask for a reset link. The answer does not tell whether somebody has that address."""
    form = ForgotPasswordForm(_typed(request))
    if request.method == "POST" and form.carried_out(_mail, address=address_of(request)):
        return render(request, "accounts/password_mailed_view.html")
    return show_form(request, "accounts/password_forgot_view.html", form)


@form_page
@never_cache
def reset_password(request: HttpRequest, token: str) -> HttpResponse:
    """Set a new password with the link from the mail."""
    with transaction.atomic():
        user = user_of_reset(token)
        if user is None:
            return render(request, "accounts/password_link_used_view.html", status=404)
        form = ResetPasswordForm(_typed(request))
        if request.method == "POST" and form.carried_out(_reset, user=user, address=address_of(request)):
            messages.success(request, _("The new password is set. Please sign in with it."))
            return redirect("login")
    response = show_form(request, "accounts/password_reset_view.html", form)
    # The address holds a secret. (With `no-referrer` browsers would post the form from the origin `null`.)
    response["Referrer-Policy"] = "same-origin"
    return response


@form_page
@signed_in
def change_password(request: HttpRequest) -> HttpResponse:
    form = ChangePasswordForm(_typed(request))
    if request.method == "POST" and form.carried_out(_change, request=request):
        messages.success(request, _("The new password is set; all other sign-ins have ended."))
        return redirect("sessions")
    return show_form(request, "accounts/password_change_view.html", form)


@require_http_methods(["GET", "HEAD"])
@signed_in
def sessions(request: HttpRequest) -> HttpResponse:
    """Where one is signed in."""
    mine = sessions_of(person(request), request.sign_in)  # type: ignore[attr-defined]
    return render(request, "accounts/sessions_view.html", {"sessions": mine})


@require_POST
@signed_in
def revoke_session(request: HttpRequest, session_id: uuid.UUID) -> HttpResponse:
    try:
        actions.revoke_session(actor=person(request), session_id=session_id)
    except NotFound:
        # Ended meanwhile, which is what was wanted; another person's looks the same.
        messages.info(request, _("That sign-in had ended already."))
    return redirect("sessions")


@require_POST
@signed_in
def choose_presence(request: HttpRequest) -> HttpResponse:
    """How one looks to others: kept until one chooses anew."""
    form = PresenceForm(request.POST)
    if not form.carried_out(_choose, actor=person(request)):
        messages.error(request, form.first_error)
    return redirect(_next(request))


@require_POST
def choose_theme(request: HttpRequest) -> HttpResponse:
    """Dark, light, or as the system is; kept in a cookie, so that it holds before signing in too."""
    response = redirect(_next(request))
    theme = request.POST.get("theme")
    if theme in THEMES:
        response.set_cookie("theme", theme, max_age=31_536_000, samesite="Lax", secure=settings.SESSION_COOKIE_SECURE)
    return response


def _typed(request: HttpRequest) -> Any:
    return request.POST if request.method == "POST" else None


def _next(request: HttpRequest) -> str:
    """Where to go afterwards; never to another site."""
    wanted = request.POST.get("next") or request.GET.get("next") or ""
    safe = url_has_allowed_host_and_scheme(wanted, {request.get_host()}, require_https=request.is_secure())
    return wanted if safe and wanted.startswith("/") and len(wanted) <= MAX_ADDRESS else "/"


def _invite_code(request: HttpRequest) -> str:
    """The code that a link brings along, or that is in the address to go on to."""
    led_here = INVITE_PAGE.fullmatch(_next(request))
    return request.GET.get("invite", "")[:200] or (led_here[1] if led_here else "")


def _enrol(*, address: str, **wanted: Any) -> User:
    limits.hit_address("sign_in_address", address)
    return actions.register(**wanted, address=address)


def _mail(*, address: str, email: str) -> None:
    send_reset_mail(email, address=address)


def _reset(*, user: User, new_password: str, address: str) -> None:
    limits.hit_address("sign_in_address", address)
    actions.reset_password(user=user, new=new_password)


def _change(*, request: HttpRequest, current_password: str, new_password: str) -> None:
    keep = request.sign_in  # type: ignore[attr-defined]
    address = address_of(request)
    actions.change_password(
        actor=person(request), current=current_password, new=new_password, keep=keep, address=address
    )


def _choose(*, actor: User, choice: str, custom_status: str) -> None:
    actions.update_profile(actor=actor, status=choice, custom_status=custom_status or None)
