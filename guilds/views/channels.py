"""Making a channel, what it is called, and its end."""

import uuid
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from accounts.pages import person, signed_in
from guilds import access, actions
from guilds.forms import CategorySettingsForm, ChannelForm, ChannelSettingsForm
from guilds.models import Channel, ChannelType, Server
from guilds.panels import panels
from guilds.permissions import Permission
from guilds.reasons import lacking
from guilds.views.frame import carried_out, framed
from guilds.views.methods import form_page
from together.forms import show_form


@form_page
@signed_in
def new_channel(request: HttpRequest, server_id: uuid.UUID) -> HttpResponse:
    found = access.find_server(person(request), server_id)
    access.require(person(request), Permission.MANAGE_CHANNELS, found)
    form = ChannelForm(request.POST if request.method == "POST" else None, initial={"category": _category(request)})
    if request.method == "POST" and form.carried_out(actions.create_channel, actor=person(request), server=found):
        return redirect("channel", server_id, form.result.pk)
    return show_form(request, "guilds/channel_new_view.html", form, **panels(person(request), server_id))


@form_page
@signed_in
def channel_settings(request: HttpRequest, server_id: uuid.UUID, channel_id: uuid.UUID) -> HttpResponse:
    """What a channel or category is called and about."""
    server, found = place(request, server_id, channel_id)
    form = _form(request, server, found)
    if request.method == "POST" and form.carried_out(_update(found), actor=person(request)):
        messages.success(request, _("Saved."))
        return redirect("channel_settings", server_id, channel_id)
    # As it is, not as the form has it.
    server, found = place(request, server_id, channel_id)
    context = around(request, server, found, "channel_settings")
    return show_form(request, "guilds/channel/settings_view.html", form, **context)


@form_page
@signed_in
def delete_channel(request: HttpRequest, server_id: uuid.UUID, channel_id: uuid.UUID) -> HttpResponse:
    """Asks before a channel goes with all its messages, or a category from above its channels."""
    server, found = place(request, server_id, channel_id)
    access.require(person(request), Permission.MANAGE_CHANNELS, found)
    status = 200
    if request.method == "POST":
        gone = _("{name} is gone.").format(name=found.name)
        is_category = found.type == ChannelType.CATEGORY
        action: Any = actions.delete_category if is_category else actions.delete_channel
        known = {"category" if is_category else "channel": found}
        status = carried_out(request, action, gone, actor=person(request), **known)
        if status == 200:
            return redirect("settings_channels", server_id)
    context = around(request, server, found, "channel_settings")
    return render(request, "guilds/channel/delete_view.html", context, status=status)


def place(request: HttpRequest, server_id: uuid.UUID, channel_id: uuid.UUID) -> tuple[Server, Channel]:
    """A channel or category that one sees, and its server."""
    server = access.find_server(person(request), server_id)
    return server, access.find_place(person(request), channel_id, server=server_id)


def around(request: HttpRequest, server: Server, channel: Channel, tab: str) -> dict[str, Any]:
    """What all pages about one channel or category show."""
    return {
        **framed(request, server),
        "here": channel.pk,
        "tab": tab,
        "channel": channel,
        "is_category": channel.type == ChannelType.CATEGORY,
        "may_purge": channel.type != ChannelType.CATEGORY
        and access.can(person(request), Permission.MANAGE_MESSAGES, channel),
        "closed": lacking(person(request), Permission.MANAGE_CHANNELS, channel),
    }


def _update(channel: Channel) -> Any:
    if channel.type == ChannelType.CATEGORY:
        return lambda **changes: actions.update_category(category=channel, **changes)
    return lambda **changes: actions.update_channel(channel=channel, **changes)


def _form(request: HttpRequest, server: Server, channel: Channel) -> CategorySettingsForm | ChannelSettingsForm:
    posted = request.POST if request.method == "POST" else None
    if channel.type == ChannelType.CATEGORY:
        return CategorySettingsForm(posted, channel=channel)
    seen = access.visible_channels(person(request), server=server.pk)
    return ChannelSettingsForm(posted, channel=channel, categories=list(seen.categories()))


def _category(request: HttpRequest) -> str:
    return request.GET.get("category", "")[:100]
