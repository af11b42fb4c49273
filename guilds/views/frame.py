"""What the pages of settings have in common: the tabs, and how a refusal is shown."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.functional import Promise
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext_lazy as _
from rest_framework.exceptions import APIException

from accounts.pages import person
from guilds import access
from guilds.models import Server
from guilds.panels import panels
from guilds.permissions import Permission
from together.forms import PageForm
from together.refusals import NotFound

# Characters of an address that a form names.
MAX_ADDRESS = 500


@dataclass(frozen=True)
class Tab:
    """A page of settings; one that takes a permission to be seen is not listed without it."""

    name: str
    title: Promise
    takes: Permission | None = None


TABS = [
    Tab("settings", _("Overview")),
    Tab("settings_channels", _("Channels")),
    Tab("settings_roles", _("Roles")),
    Tab("settings_members", _("Members")),
    Tab("settings_invites", _("Invites"), Permission.CREATE_INVITES),
    Tab("settings_bans", _("Bans"), Permission.BAN_MEMBERS),
    Tab("settings_audit", _("Audit log"), Permission.MANAGE_SERVER),
]


def show(request: HttpRequest, template: str, server: Server, status: int = 200, **context: Any) -> HttpResponse:
    """A page of a server's settings."""
    form = context.get("form")
    if isinstance(form, PageForm):
        status = max(status, form.status)
    return render(request, template, {**framed(request, server), **context}, status=status)


def framed(request: HttpRequest, server: Server) -> dict[str, Any]:
    """The panels around a page of settings, and its tabs."""
    held = access.flags(person(request), server)
    tabs = [tab for tab in TABS if tab.takes is None or tab.takes in held]
    return {**panels(person(request), server.pk), "tabs": tabs}


def carried_out(request: HttpRequest, action: Callable[..., Any], done: str = "", **known: Any) -> int:
    """Do what a button without a form of its own is for. Returns 200, or the status of what the page now says.

    Raises `NotFound`: what the button was about is gone.
    """
    try:
        action(**known)
    except NotFound:
        raise
    except APIException as refusal:
        messages.error(request, in_words(refusal.detail))
        return refusal.status_code
    if done:
        messages.success(request, done)
    return 200


def in_words(detail: Any) -> str:
    """What a refusal says, in one line."""
    if isinstance(detail, dict):
        return " ".join(in_words(one) for one in detail.values())
    if isinstance(detail, list):
        return " ".join(in_words(one) for one in detail)
    return str(detail)


def way_back(request: HttpRequest, otherwise: str) -> str:
    """The page that somebody came from, which a form names as `next`; never one of another site."""
    wanted = request.POST.get("next") or request.GET.get("next") or ""
    safe = url_has_allowed_host_and_scheme(wanted, {request.get_host()}, require_https=request.is_secure())
    return wanted if safe and wanted.startswith("/") and len(wanted) <= MAX_ADDRESS else otherwise
