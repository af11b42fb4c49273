"""Invites of a server: making and revoking them."""

import uuid

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _

from accounts.pages import person, signed_in
from guilds import access, actions
from guilds.forms import InviteForm
from guilds.models import Invite
from guilds.permissions import Permission
from guilds.views.frame import carried_out, show
from guilds.views.methods import form_page
from together.refusals import NotFound


@form_page
@signed_in
def list_invites(request: HttpRequest, server_id: uuid.UUID) -> HttpResponse:
    """The invites of a server, the newest first; what is posted here is a new one."""
    server = access.find_server(person(request), server_id)
    access.require(person(request), Permission.CREATE_INVITES, server)
    form = InviteForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.carried_out(actions.create_invite, actor=person(request), server=server):
        messages.success(request, _("Here is the new invite: copy its link and pass it on."))
        return redirect("settings_invites", server_id)
    listed = server.invites.select_related("created_by").newest_first()
    return show(
        request,
        "guilds/settings/invites_view.html",
        server,
        tab="settings_invites",
        form=form,
        invites=listed,
        usable=set(server.invites.usable().values_list("pk", flat=True)),
        address=request.build_absolute_uri("/invite/"),
    )


@form_page
@signed_in
def revoke_invite(request: HttpRequest, server_id: uuid.UUID, invite_id: uuid.UUID) -> HttpResponse:
    """Asks before a link stops working."""
    server = access.find_server(person(request), server_id)
    access.require(person(request), Permission.CREATE_INVITES, server)
    invite = Invite.objects.select_related("server", "created_by").filter(server=server, pk=invite_id).first()
    if invite is None:
        raise NotFound
    status = 200
    if request.method == "POST":
        gone = _("The invite {code} no longer works.").format(code=invite.code)
        status = carried_out(request, actions.revoke_invite, gone, actor=person(request), invite=invite)
        if status == 200:
            return redirect("settings_invites", server_id)
    return show(
        request, "guilds/settings/invite_revoke_view.html", server, status, tab="settings_invites", invite=invite
    )
