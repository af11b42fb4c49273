"""Who may do what in a channel or category: three switches, the matrix, and why somebody may do something or not."""

import uuid
from typing import Any

from django.contrib import messages
from django.db import transaction
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from accounts.models import User
from accounts.pages import person, signed_in
from guilds import access, actions
from guilds.forms import RulesForm
from guilds.matrix import EVERYONE, Column, matrix_of
from guilds.models import Channel, ChannelType, Member, Override, Role, Server
from guilds.permissions import Permission
from guilds.places import rules_of
from guilds.reasons import reasons
from guilds.views.channels import around, place
from guilds.views.frame import carried_out
from guilds.views.methods import form_page, page
from guilds.words import FLAGS
from together.refusals import Refusal
from together.rest.fields import parse_id

# Columns that can be added at once.
MOST_ADDED = 20


@form_page
@signed_in
def channel_permissions(request: HttpRequest, server_id: uuid.UUID, channel_id: uuid.UUID) -> HttpResponse:
    """The switches and the matrix; `?role=` and `?person=` add columns. What is posted here is the matrix."""
    server, found = place(request, server_id, channel_id)
    if request.method != "POST":
        return _shown(request, server, found)
    matrix = matrix_of(person(request), server, found, _added(server, request.POST))
    columns = sorted(matrix.changed(request.POST), key=_takes_sight)
    done = _("Saved.")
    status = carried_out(request, _apply, done, actor=person(request), channel=found, columns=columns)
    if status == 200:
        return redirect("channel_permissions", server_id, channel_id)
    return _shown(request, *place(request, server_id, channel_id), status=status)


@require_POST
@signed_in
def channel_rules(request: HttpRequest, server_id: uuid.UUID, channel_id: uuid.UUID) -> HttpResponse:
    """The switches: as the category, private, read only."""
    _server, found = place(request, server_id, channel_id)
    form = RulesForm(request.POST, channel=found, rules=rules_of(found))
    if form.carried_out(_switch, actor=person(request), channel=found):
        messages.success(request, _("Saved."))
        return redirect("channel_permissions", server_id, channel_id)
    return _shown(request, *place(request, server_id, channel_id), status=form.status, rules=form)


@page
@signed_in
def why(request: HttpRequest, server_id: uuid.UUID, channel_id: uuid.UUID) -> HttpResponse:
    """Why one may do something here or not; who manages roles can ask for any member."""
    server, found = place(request, server_id, channel_id)
    may_ask = access.can(person(request), Permission.MANAGE_ROLES, server)
    about, unknown = person(request), ""
    name = request.GET.get("person", "")[:80].strip()
    if name and may_ask:
        member = _member(server, name)
        about, unknown = (member.user, "") if member else (about, name)
    context = {
        **around(request, server, found, "channel_why"),
        "about": about,
        "unknown": unknown,
        "may_ask": may_ask,
        "reasons": reasons(about, found),
        "names": _names(server) if may_ask else [],
    }
    return render(request, "guilds/channel/why_view.html", context, status=404 if unknown else 200)


def _shown(
    request: HttpRequest, server: Server, channel: Channel, status: int = 200, rules: RulesForm | None = None
) -> HttpResponse:
    asked: QueryDict = request.POST if request.method == "POST" else request.GET
    added = _added(server, asked)
    if request.GET.get("person") and not any(isinstance(one, Member) for one in added):
        messages.error(request, _("Nobody of that name is a member."))
        status = 404
    matrix = matrix_of(person(request), server, channel, added)
    there = {column.role.pk for column in matrix.columns if column.role}
    context = {
        **around(request, server, channel, "channel_permissions"),
        "rules": rules or RulesForm(None, channel=channel, rules=rules_of(channel)),
        "matrix": matrix,
        "added": added,
        "more_roles": server.roles.exclude(pk__in=there).order_by("-position", "created_at"),
        "names": _names(server),
    }
    return render(request, "guilds/channel/permissions_view.html", context, status=status)


@transaction.atomic
def _switch(*, actor: User, channel: Channel, **changes: Any) -> None:
    before = access.flags(actor, channel)
    _update(channel, actor=actor, **changes)
    _require_no_loss(actor, channel, before)


@transaction.atomic
def _apply(*, actor: User, channel: Channel, columns: list[Column]) -> None:
    before = access.flags(actor, channel)
    for column in columns:
        channel = access.find_place(actor, channel.pk)
        if column.key == EVERYONE:
            _update(channel, actor=actor, default_allow=column.allow, default_deny=column.deny, **_own(channel))
        elif column.allow or column.deny:
            actions.set_override(
                actor=actor,
                channel=channel,
                allow=column.allow,
                deny=column.deny,
                role=column.role,
                user=column.user,
            )
        else:
            # What says nothing any more is none.
            source = channel.parent_id if channel.inherits else channel.pk
            override = Override.objects.get(channel=source, role=column.role, user=column.user)
            actions.remove_override(actor=actor, channel=channel, override_id=override.pk)
    _require_no_loss(actor, channel, before)


def _require_no_loss(actor: User, channel: Channel, before: Permission) -> None:
    # Allowed, but hardly meant: nobody can give back what they have not got any more.
    if lost := before & ~access.flags(actor, channel):
        names = ", ".join(str(FLAGS[flag].name) for flag in lost)
        sentence = _("You would lose this here yourself, and could not give it back: {names}.").format(names=names)
        raise Refusal(sentence + " " + _("Ask somebody who ranks higher."))


def _update(channel: Channel, **changes: Any) -> Channel:
    if channel.type == ChannelType.CATEGORY:
        return actions.update_category(category=channel, **changes)
    return actions.update_channel(channel=channel, **changes)


def _own(channel: Channel) -> dict[str, bool]:
    return {"inherits": False} if channel.inherits else {}


def _takes_sight(column: Column) -> bool:
    # First what shows the channel, then what hides it, so that who does both keeps sight of it meanwhile.
    return not column.allow & Permission.VIEW_CHANNEL


def _added(server: Server, asked: QueryDict) -> list[Role | Member]:
    ids = [id for id in map(parse_id, asked.getlist("role")[:MOST_ADDED]) if id]
    roles: list[Role | Member] = list(server.roles.filter(pk__in=ids))
    names = [name.strip() for name in asked.getlist("person")[:MOST_ADDED] if name.strip()]
    return roles + [member for name in names if (member := _member(server, name))]


def _member(server: Server, name: str) -> Member | None:
    if "\x00" in name:
        return None
    return server.members.select_related("user").filter(user__username__iexact=name[:80]).first()


def _names(server: Server) -> list[str]:
    """For the list that a browser offers while one types."""
    return list(server.members.order_by("user__username").values_list("user__username", flat=True)[:200])
