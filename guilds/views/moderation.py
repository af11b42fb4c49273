"""What is done to members. Each act has a page that names its target and asks first."""

import uuid
from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _

from accounts.pages import person, signed_in
from guilds import access, actions
from guilds.forms import BanForm, CertaintyForm, KickForm, TimeoutForm
from guilds.permissions import Permission
from guilds.views.frame import framed, way_back
from guilds.views.members import name_of
from guilds.views.methods import form_page
from together.forms import PageForm
from together.refusals import Forbidden

P = Permission


@form_page
@signed_in
def time_out(request: HttpRequest, server_id: uuid.UUID, user_id: uuid.UUID) -> HttpResponse:
    return _asked(
        request,
        server_id,
        user_id,
        permission=P.MUTE_MEMBERS,
        form_class=TimeoutForm,
        action=actions.time_out,
        title=_("Time {name} out?"),
        explains=_("They can still read, but not write, react or speak in this server until it is over."),
        button=_("Time out"),
        done=_("{name} is timed out."),
    )


@form_page
@signed_in
def kick(request: HttpRequest, server_id: uuid.UUID, user_id: uuid.UUID) -> HttpResponse:
    return _asked(
        request,
        server_id,
        user_id,
        permission=P.KICK_MEMBERS,
        form_class=KickForm,
        action=actions.kick_member,
        title=_("Kick {name}?"),
        explains=_("They leave the server at once and lose their roles. They may come back the way they came."),
        button=_("Kick"),
        done=_("{name} was kicked."),
        leaves=True,
    )


@form_page
@signed_in
def ban(request: HttpRequest, server_id: uuid.UUID, user_id: uuid.UUID) -> HttpResponse:
    return _asked(
        request,
        server_id,
        user_id,
        permission=P.BAN_MEMBERS,
        form_class=BanForm,
        action=actions.ban_user,
        title=_("Ban {name}?"),
        explains=_("They leave the server at once, lose their roles, and cannot come back until the ban ends."),
        button=_("Ban"),
        done=_("{name} was banned."),
        leaves=True,
    )


@form_page
@signed_in
def transfer(request: HttpRequest, server_id: uuid.UUID, user_id: uuid.UUID) -> HttpResponse:
    """Asks before a server changes hands; the new owner's name is typed."""
    server = access.find_server(person(request), server_id)
    member = access.find_member(server, user_id)
    if server.owner_id != request.user.pk:
        raise Forbidden(_("Only the owner may transfer a server."))
    form = CertaintyForm(request.POST if request.method == "POST" else None, name=member.user.username)
    known = {"actor": person(request), "server": server, "user": member.user}
    if request.method == "POST" and form.carried_out(actions.transfer_server, **known):
        done = _("{name} owns this server now.").format(name=member.user.username)
        messages.success(request, done)
        return redirect("settings", server_id)
    context = {"member": member, "name": member.user.username, "form": form, "tab": "settings_members"}
    template = "guilds/members/transfer_view.html"
    return render(request, template, {**framed(request, server), **context}, status=form.status)


def _asked(
    request: HttpRequest,
    server_id: uuid.UUID,
    user_id: uuid.UUID,
    *,
    permission: Permission,
    form_class: type[PageForm],
    action: Callable[..., Any],
    title: str,
    explains: str,
    button: str,
    done: str,
    leaves: bool = False,
) -> HttpResponse:
    server = access.find_server(person(request), server_id)
    member = access.find_member(server, user_id)
    access.require_may_moderate(person(request), permission, server, member.user)
    form = form_class(request.POST if request.method == "POST" else None)
    here = reverse("member", args=[server_id, user_id])
    back = way_back(request, reverse("settings_members", args=[server_id]) if leaves else here)
    known = {"actor": person(request), "server": server, "user": member.user}
    if request.method == "POST" and form.carried_out(action, **known):
        messages.success(request, done.format(name=name_of(member)))
        # The page of somebody who is gone is gone.
        return redirect(reverse("settings_members", args=[server_id]) if leaves and back == here else back)
    context = {
        "server": server,
        "member": member,
        "name": name_of(member),
        "form": form,
        "title": title.format(name=name_of(member)),
        "explains": explains,
        "button": button,
        "back": here if back == here else f"{here}?next={back}",
        "next": back,
        "tab": "settings_members",
    }
    if request.headers.get("HX-Request"):
        return render(request, "guilds/members/_ask.html", context)
    return render(request, "guilds/members/ask_view.html", {**framed(request, server), **context}, status=form.status)
