"""What a server is: its name and doors, what everyone may do in it, and its end."""

import uuid

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from accounts.pages import person, signed_in
from guilds import access, actions
from guilds.forms import CertaintyForm, DefaultsForm, ServerSettingsForm
from guilds.models import Server
from guilds.permissions import Permission
from guilds.reasons import lacking
from guilds.views.frame import show
from guilds.views.methods import form_page
from together.refusals import Forbidden

FIELDS = ("name", "icon_url", "is_public", "require_invite", "joins_locked")


@form_page
@signed_in
def overview(request: HttpRequest, server_id: uuid.UUID) -> HttpResponse:
    """The first tab: what the server is called and who comes in."""
    found = access.find_server(person(request), server_id)
    form = _form(found, request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.carried_out(actions.update_server, actor=person(request), server=found):
        messages.success(request, _("Saved."))
        return redirect("settings", server_id)
    return _overview(request, found, form=form)


@require_POST
@signed_in
def default_permissions(request: HttpRequest, server_id: uuid.UUID) -> HttpResponse:
    """What everyone may do."""
    found = access.find_server(person(request), server_id)
    defaults = _defaults(request, found, request.POST)
    if defaults.carried_out(actions.update_server, actor=person(request), server=found):
        messages.success(request, _("Saved."))
        return redirect("settings", server_id)
    return _overview(request, access.find_server(person(request), server_id), defaults=defaults, status=defaults.status)


@form_page
@signed_in
def delete_server(request: HttpRequest, server_id: uuid.UUID) -> HttpResponse:
    """Asks before the server goes, with everything in it."""
    found = access.find_server(person(request), server_id)
    if found.owner_id != request.user.pk:
        raise Forbidden(_("Only the owner may delete a server."))
    form = CertaintyForm(request.POST if request.method == "POST" else None, name=found.name)
    if request.method == "POST" and form.carried_out(actions.delete_server, actor=person(request), server=found):
        messages.success(request, _("{name} is gone.").format(name=found.name))
        return redirect("servers")
    return show(request, "guilds/settings/delete_view.html", found, form=form, tab="settings")


def _overview(
    request: HttpRequest,
    server: Server,
    status: int = 200,
    form: ServerSettingsForm | None = None,
    defaults: DefaultsForm | None = None,
) -> HttpResponse:
    return show(
        request,
        "guilds/settings/overview_view.html",
        server,
        status,
        tab="settings",
        form=form or _form(server),
        defaults=defaults or _defaults(request, server),
        closed=lacking(person(request), Permission.MANAGE_SERVER, server),
        defaults_closed=lacking(person(request), Permission.MANAGE_ROLES, server),
    )


def _form(server: Server, posted: object = None) -> ServerSettingsForm:
    return ServerSettingsForm(posted, initial={name: getattr(server, name) for name in FIELDS})


def _defaults(request: HttpRequest, server: Server, posted: object = None) -> DefaultsForm:
    return DefaultsForm(posted, server=server, held=access.flags(person(request), server))
