"""Roles: their list by rank, and what each allows."""

import uuid
from collections.abc import Callable

from django.contrib import messages
from django.db.models import Count
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from accounts.models import User
from accounts.pages import person, signed_in
from guilds import access, actions
from guilds.forms import NewRoleForm, RoleForm
from guilds.models import Role, Server
from guilds.permissions import Permission
from guilds.reasons import lacking
from guilds.views.frame import carried_out, show
from guilds.views.methods import form_page
from guilds.views.order import moved
from together.rest.fields import parse_id


@form_page
@signed_in
def list_roles(request: HttpRequest, server_id: uuid.UUID) -> HttpResponse:
    """The roles, the highest first; what is posted here is a new one."""
    found = access.find_server(person(request), server_id)
    form = NewRoleForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.carried_out(actions.create_role, actor=person(request), server=found):
        return redirect("settings_role", server_id, form.result.pk)
    return _list(request, found, form=form)


@require_POST
@signed_in
def order_roles(request: HttpRequest, server_id: uuid.UUID) -> HttpResponse:
    """One role a step up or down, or all of them as they were dragged."""
    found = access.find_server(person(request), server_id)
    ids = [str(role.pk) for role in by_rank(found)]
    order = [id for id in map(parse_id, moved(ids, request.POST)) if id]
    status = carried_out(request, actions.reorder_roles, actor=person(request), server=found, role_ids=order)
    if status == 200 and not request.headers.get("HX-Request"):
        return redirect("settings_roles", server_id)
    return _list(request, found, status=status)


@form_page
@signed_in
def role(request: HttpRequest, server_id: uuid.UUID, role_id: uuid.UUID) -> HttpResponse:
    """What a role is called, and what it allows."""
    server = access.find_server(person(request), server_id)
    found = access.find_role(server, role_id)
    form = RoleForm(
        request.POST if request.method == "POST" else None, role=found, held=access.flags(person(request), server)
    )
    if request.method == "POST" and form.carried_out(actions.update_role, actor=person(request), role=found):
        messages.success(request, _("Saved."))
        return redirect("settings_role", server_id, role_id)
    found = access.find_role(server, role_id)
    closed = closed_to(person(request), server)(found)
    holders = found.member_roles.count()
    return show(
        request,
        "guilds/settings/role_view.html",
        server,
        tab="settings_roles",
        role=found,
        form=form,
        closed=closed,
        holders=holders,
    )


@form_page
@signed_in
def delete_role(request: HttpRequest, server_id: uuid.UUID, role_id: uuid.UUID) -> HttpResponse:
    """Asks before a role goes, and says how many people lose what it allows."""
    server = access.find_server(person(request), server_id)
    found = access.find_role(server, role_id)
    access.require(person(request), Permission.MANAGE_ROLES, server)
    status = 200
    if request.method == "POST":
        gone = _("The role {name} is gone.").format(name=found.name)
        status = carried_out(request, actions.delete_role, gone, actor=person(request), role=found)
        if status == 200:
            return redirect("settings_roles", server_id)
    holders = found.member_roles.count()
    return show(
        request,
        "guilds/settings/role_delete_view.html",
        server,
        status,
        tab="settings_roles",
        role=found,
        holders=holders,
    )


def by_rank(server: Server) -> list[Role]:
    """The roles of a server, the highest first."""
    return list(server.roles.annotate(holders=Count("member_roles")).order_by("-position", "created_at", "id"))


def closed_to(user: User, server: Server) -> Callable[[Role], str]:
    """Why somebody cannot change a role, empty when they can: to be asked of any number of roles."""
    reason = lacking(user, Permission.MANAGE_ROLES, server)
    who = access.standing(user, server)

    def closed(role: Role) -> str:
        above = who is not None and not who.is_owner and role.position >= who.position
        return reason or (_("This role is not below your own.") if above else "")

    return closed


def _list(request: HttpRequest, server: Server, status: int = 200, form: NewRoleForm | None = None) -> HttpResponse:
    found = by_rank(server)
    above, closed_of = " ", closed_to(person(request), server)
    for one in found:
        one.closed = closed_of(one)  # type: ignore[attr-defined]
        # The highest that there is, or that the reader may move.
        one.on_top, above = bool(above), one.closed  # type: ignore[attr-defined]
    template = "guilds/settings/roles_view.html"
    closed = lacking(person(request), Permission.MANAGE_ROLES, server)
    context = {"tab": "settings_roles", "roles": found, "form": form or NewRoleForm(), "closed": closed}
    return show(request, template, server, status, **context)
