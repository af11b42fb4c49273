"""What stands around the content of a server's pages: the rail, the channels by category, the members.

Everything here is what one person may see, in a number of queries that does not depend on how much there is.
"""

import uuid
from dataclasses import dataclass, field
from typing import Any

from django.db.models import QuerySet

from accounts.models import User
from guilds import access
from guilds.models import Channel, ChannelType, Member, Server
from guilds.permissions import Permission

# The list on a page ends here; the count beside it is the whole.
SHOWN_MEMBERS = 200


@dataclass
class Group:
    """Channels under one heading; those without a category come first, under none."""

    category: Channel | None
    channels: list[Channel] = field(default_factory=list)


def my_servers(user: User) -> QuerySet[Server]:
    """What the rail shows, in the order in which one joined."""
    return access.visible_servers(user).with_member_count().order_by("members__joined_at", "created_at", "id")


def panels(user: User, server_id: uuid.UUID, here: uuid.UUID | None = None) -> dict[str, Any]:
    """The context of `guilds/_panels.html`; `here` is the channel that is open. Raises `NotFound` to strangers."""
    server = access.find_server(user, server_id)
    return {
        "servers": list(my_servers(user)),
        "server": server,
        "here": here,
        "groups": channel_groups(user, server),
        "may_manage_channels": access.can(user, Permission.MANAGE_CHANNELS, server),
        "members": list(shown_members(server)),
    }


def channel_groups(user: User, server: Server) -> list[Group]:
    """The channels that a person sees, by category, in the order of the server."""
    seen = list(access.visible_channels(user, server=server.pk).order_by("position", "created_at", "id"))
    loose = Group(None)
    groups = {channel.pk: Group(channel) for channel in seen if channel.type == ChannelType.CATEGORY}
    for channel in seen:
        if channel.type != ChannelType.CATEGORY:
            (groups.get(channel.parent_id, loose) if channel.parent_id else loose).channels.append(channel)
    return [loose, *groups.values()] if loose.channels else list(groups.values())


def shown_members(server: Server) -> QuerySet[Member]:
    return server.members.select_related("user").by_seniority()[:SHOWN_MEMBERS]
