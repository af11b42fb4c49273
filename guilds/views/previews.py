"""The server as somebody else meets it."""

import uuid

from django.http import HttpRequest, HttpResponse

from accounts.pages import person, signed_in
from guilds import access
from guilds.models import Channel
from guilds.permissions import CHANNEL_SCOPE, DEFAULT, Permission
from guilds.views.frame import show
from guilds.views.methods import page
from guilds.words import FLAGS
from together.rest.fields import parse_id


@page
@signed_in
def preview(request: HttpRequest, server_id: uuid.UUID) -> HttpResponse:
    """The channels that a role (`?role=`) or a member (`?member=`) sees, and what they may do in each."""
    server = access.find_server(person(request), server_id)
    access.require(person(request), Permission.MANAGE_ROLES, server)
    role_id, user_id = parse_id(request.GET.get("role")), parse_id(request.GET.get("member"))
    role = access.find_role(server, role_id) if role_id else None
    member = access.find_member(server, user_id) if user_id and not role else None
    seen = access.preview(person(request), server, role=role, member=member) if role or member else []
    return show(
        request,
        "guilds/settings/preview_view.html",
        server,
        tab="settings_roles",
        role=role,
        member=member,
        seen=[_described(channel, held) for channel, held in seen],
        roles=server.roles.order_by("-position", "created_at"),
    )


def _described(channel: Channel, held: Permission) -> dict[str, object]:
    counted = [flag for flag in FLAGS if flag in CHANNEL_SCOPE and flag != Permission.VIEW_CHANNEL]
    return {
        "channel": channel,
        "may": [FLAGS[flag].name for flag in counted if flag in held],
        "may_not": [FLAGS[flag].name for flag in counted if flag in DEFAULT and flag not in held],
    }
