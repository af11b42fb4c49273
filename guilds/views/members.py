"""Members: their list, what each of them is here, and what moderators change about them."""

import uuid
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from django.contrib import messages
from django.core.paginator import Paginator
from django.db import transaction
from django.db.models import Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from accounts.models import User
from accounts.pages import person, signed_in
from guilds import access, actions
from guilds.forms import NicknameForm
from guilds.models import Member, Role, Server, Timeout
from guilds.panels import with_roles
from guilds.permissions import Permission
from guilds.reasons import lacking
from guilds.views.frame import carried_out, framed, show, way_back
from guilds.views.methods import page
from guilds.views.roles import closed_to
from together.refusals import Forbidden, Refusal
from together.rest.fields import parse_id

PAGE = 50
P = Permission


@dataclass
class Choice:
    """A role that somebody may hold. `closed` says why the reader cannot give or take it, if so."""

    role: Role
    held: bool
    closed: str


@page
@signed_in
def list_members(request: HttpRequest, server_id: uuid.UUID) -> HttpResponse:
    """Who is in the server, by name or by role, some at a time."""
    found = access.find_server(person(request), server_id)
    search = request.GET.get("search", "")[:80].replace("\x00", "").strip()
    role_id = parse_id(request.GET.get("role"))
    role = found.roles.filter(pk=role_id).first() if role_id else None
    listed = with_roles(found.members.all()).order_by("user__username", "id")
    if search:
        listed = listed.filter(Q(user__username__icontains=search) | Q(nickname__icontains=search))
    if role:
        listed = listed.filter(pk__in=role.member_roles.values("member"))
    context: dict[str, Any] = {
        "tab": "settings_members",
        "page": Paginator(listed, PAGE).get_page(request.GET.get("page")),
        "search": search,
        "role": role,
        "roles": found.roles.order_by("-position", "created_at"),
        "query": f"{urlencode({'search': search, 'role': role.pk if role else ''})}&",
    }
    return show(request, "guilds/settings/members_view.html", found, **context)


@page
@signed_in
def member(request: HttpRequest, server_id: uuid.UUID, user_id: uuid.UUID) -> HttpResponse:
    """Somebody in a server, and what the reader may do about them: a page, or what a dialog shows."""
    return _shown(request, *_find(request, server_id, user_id))


@require_POST
@signed_in
def member_roles(request: HttpRequest, server_id: uuid.UUID, user_id: uuid.UUID) -> HttpResponse:
    """The roles that somebody holds from now on. Those that the reader cannot change stay as they are."""
    server, found = _find(request, server_id, user_id)
    wanted = {parse_id(id) for id in request.POST.getlist("role")}
    choices = _choices(person(request), server, found)
    give = [choice.role for choice in choices if choice.role.pk in wanted and not choice.held]
    take = [choice.role for choice in choices if choice.role.pk not in wanted and choice.held and not choice.closed]
    done = _("Saved.")
    status = carried_out(request, _hand_out, done, actor=person(request), member=found, give=give, take=take)
    return _after(request, server, found, status)


@require_POST
@signed_in
def member_nickname(request: HttpRequest, server_id: uuid.UUID, user_id: uuid.UUID) -> HttpResponse:
    server, found = _find(request, server_id, user_id)
    form = NicknameForm(request.POST)
    if form.carried_out(actions.change_nickname, actor=person(request), member=found):
        messages.success(request, _("Saved."))
        return _after(request, server, found, 200)
    return _shown(request, server, found, status=form.status, nickname=form)


@require_POST
@signed_in
def end_timeout(request: HttpRequest, server_id: uuid.UUID, user_id: uuid.UUID) -> HttpResponse:
    server, found = _find(request, server_id, user_id)
    done = _("{name} may take part again.").format(name=found.user.username)
    status = carried_out(request, actions.end_timeout, done, actor=person(request), server=server, user=found.user)
    return _after(request, server, found, status)


def name_of(member: Member) -> str:
    """What somebody is called in their server."""
    return member.nickname or member.user.username


def _find(request: HttpRequest, server_id: uuid.UUID, user_id: uuid.UUID) -> tuple[Server, Member]:
    server = access.find_server(person(request), server_id)
    return server, access.find_member(server, user_id)


def _shown(
    request: HttpRequest, server: Server, member: Member, status: int = 200, nickname: NicknameForm | None = None
) -> HttpResponse:
    actor = person(request)
    is_me = member.user_id == actor.pk
    choices = _choices(actor, server, member)
    address = reverse("member", args=[server.pk, member.user_id])
    context = {
        "member": member,
        "name": name_of(member),
        "is_me": is_me,
        "choices": choices,
        "held": [choice for choice in choices if choice.held],
        "may_give": any(not choice.closed for choice in choices),
        "form": nickname or NicknameForm(initial={"nickname": member.nickname or ""}),
        "timeout": Timeout.objects.in_force().filter(server=server, user=member.user_id).first(),
        "may_rename": is_me or not _closed(actor, P.MUTE_MEMBERS, server, member.user),
        "acts": [] if is_me else _acts(actor, server, member.user),
        "may_preview": access.can(actor, P.MANAGE_ROLES, server),
        "may_transfer": server.owner_id == actor.pk and not is_me and not member.user.is_bot,
        "next": way_back(request, address),
        "tab": "settings_members",
    }
    if request.headers.get("HX-Request"):
        return render(request, "guilds/members/_member.html", {"server": server, **context})
    return render(request, "guilds/members/member_view.html", {**framed(request, server), **context}, status=status)


def _acts(actor: User, server: Server, target: User) -> list[dict[str, Any]]:
    """What can be done about somebody. Nothing at all for who may do nothing of it to anybody."""
    held = access.flags(actor, server)
    acts = [
        (P.MUTE_MEMBERS, "member_time_out", _("Time out")),
        (P.KICK_MEMBERS, "member_kick", _("Kick")),
        (P.BAN_MEMBERS, "member_ban", _("Ban")),
    ]
    if not any(flag in held for flag, _name, _title in acts):
        return []
    return [{"url": name, "title": title, "closed": _closed(actor, flag, server, target)} for flag, name, title in acts]


def _closed(actor: User, permission: Permission, server: Server, target: User) -> str:
    """Why somebody may not do that to that member; empty when they may."""
    if reason := lacking(actor, permission, server):
        return reason
    try:
        access.require_may_moderate(actor, permission, server, target)
    except (Forbidden, Refusal) as refusal:
        return str(refusal.detail)
    return ""


def _choices(actor: User, server: Server, member: Member) -> list[Choice]:
    held = set(member.member_roles.values_list("role_id", flat=True))
    mine, beneath, closed_of = (
        access.flags(actor, server),
        _ranks_below(actor, server, member),
        closed_to(actor, server),
    )
    choices = []
    for role in server.roles.order_by("-position", "created_at", "id"):
        closed = closed_of(role) or beneath
        if not closed and role.pk not in held and role.permissions & ~mine:
            closed = _("It allows what you may not do yourself.")
        choices.append(Choice(role, role.pk in held, closed))
    return choices


def _ranks_below(actor: User, server: Server, member: Member) -> str:
    """Why somebody's roles are not for the reader to change; empty when they are."""
    who, target = access.standing(actor, server), access.standing(member.user, server)
    if member.user_id == actor.pk or who is None or target is None or who.is_owner:
        return ""
    return _("They do not rank below you.") if target.is_owner or target.position >= who.position else ""


@transaction.atomic
def _hand_out(*, actor: User, member: Member, give: list[Role], take: list[Role]) -> None:
    for role in give:
        actions.give_role(actor=actor, member=member, role=role)
    for role in take:
        actions.take_role(actor=actor, member=member, role=role)


def _after(request: HttpRequest, server: Server, member: Member, status: int) -> HttpResponse:
    if status != 200:
        return _shown(request, server, member, status=status)
    return redirect(way_back(request, reverse("member", args=[server.pk, member.user_id])))
