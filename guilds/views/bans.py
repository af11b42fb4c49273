"""Who is banned from a server, and letting them in again."""

import uuid

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _

from accounts.pages import person, signed_in
from guilds import access, actions
from guilds.models import Ban
from guilds.permissions import Permission
from guilds.views.frame import carried_out, show
from guilds.views.methods import form_page, page
from together.refusals import NotFound

PAGE = 50


@page
@signed_in
def list_bans(request: HttpRequest, server_id: uuid.UUID) -> HttpResponse:
    """The bans that are in force, the newest first."""
    server = access.find_server(person(request), server_id)
    access.require(person(request), Permission.BAN_MEMBERS, server)
    listed = Ban.objects.in_force().filter(server=server).select_related("user", "banned_by")
    shown = Paginator(listed.order_by("-created_at", "id"), PAGE).get_page(request.GET.get("page"))
    return show(request, "guilds/settings/bans_view.html", server, tab="settings_bans", page=shown)


@form_page
@signed_in
def lift_ban(request: HttpRequest, server_id: uuid.UUID, user_id: uuid.UUID) -> HttpResponse:
    """Asks before somebody may come in again."""
    server = access.find_server(person(request), server_id)
    access.require(person(request), Permission.BAN_MEMBERS, server)
    ban = Ban.objects.in_force().filter(server=server, user=user_id).select_related("user", "banned_by").first()
    if ban is None:
        raise NotFound
    status = 200
    if request.method == "POST":
        done = _("{name} may come in again.").format(name=ban.user.username)
        known = {"actor": person(request), "server": server, "user_id": user_id}
        status = carried_out(request, actions.unban_user, done, **known)
        if status == 200:
            return redirect("settings_bans", server_id)
    return show(request, "guilds/settings/ban_lift_view.html", server, status, tab="settings_bans", ban=ban)
