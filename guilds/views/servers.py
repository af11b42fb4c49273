"""Servers: finding, making, entering and leaving them."""

import uuid

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from accounts.pages import person, signed_in
from guilds import access, actions
from guilds.forms import ServerForm
from guilds.models import ChannelType
from guilds.panels import my_servers
from guilds.panels import panels as panels_of
from guilds.views.frame import in_words
from guilds.views.methods import form_page, page
from together.forms import show_form
from together.refusals import Conflict, NotFound, Refusal
from together.rest.fields import clean_name, parse_id

# Discovery shows this many servers (protocol: 50).
BROWSED = 50


@page
@signed_in
def servers(request: HttpRequest) -> HttpResponse:
    """One's own servers, and the public ones that one is not in."""
    mine = list(my_servers(person(request)))
    name = _searched(request)
    others = access.public_servers().named(name).exclude(pk__in=[server.pk for server in mine])
    found = list(others.largest_first()[:BROWSED])
    return render(request, "guilds/servers_view.html", {"servers": mine, "found": found, "searched": name})


@form_page
@signed_in
def new_server(request: HttpRequest) -> HttpResponse:
    form = ServerForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.carried_out(actions.create_server, actor=person(request)):
        return redirect("server", form.result.pk)
    return show_form(request, "guilds/server_new_view.html", form, servers=my_servers(person(request)))


@require_POST
@signed_in
def join_server(request: HttpRequest, server_id: uuid.UUID) -> HttpResponse:
    try:
        actions.join_server(actor=person(request), server_id=server_id)
    except Conflict:
        # Who is a member already gets where they wanted to go.
        return redirect("server", server_id)
    except NotFound:
        raise
    except Refusal as refusal:
        messages.error(request, in_words(refusal.detail))
        return redirect("servers")
    return redirect("server", server_id)


@require_POST
@signed_in
def leave_server(request: HttpRequest, server_id: uuid.UUID) -> HttpResponse:
    server = access.find_server(person(request), server_id)
    try:
        actions.leave_server(actor=person(request), server=server)
    except Refusal as refusal:
        messages.error(request, str(refusal.detail))
        return redirect("server", server_id)
    messages.success(request, _("You have left {name}.").format(name=server.name))
    return redirect("servers")


@page
@signed_in
def server(request: HttpRequest, server_id: uuid.UUID) -> HttpResponse:
    """A server opens at its first text channel; without one there is a page that says so."""
    around = panels_of(person(request), server_id)
    channels = [channel for group in around["groups"] for channel in group.channels]
    first = next((channel for channel in channels if channel.type == ChannelType.TEXT), None)
    if first:
        return redirect("channel", server_id, first.pk)
    return render(request, "guilds/server_empty_view.html", around)


@page
@signed_in
def panels(request: HttpRequest, server_id: uuid.UUID) -> HttpResponse:
    """What stands around the messages, for the script that keeps it fresh."""
    here = parse_id(request.GET.get("channel"))
    return render(request, "guilds/_panels.html", panels_of(person(request), server_id, here))


def _searched(request: HttpRequest) -> str:
    """What somebody looks for: what no name can hold is left out."""
    return clean_name("".join(filter(str.isprintable, request.GET.get("q", ""))))[:100]
