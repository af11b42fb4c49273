"""What stands around the content of a server's pages: the rail, the channels by category, the members by role.

Everything here is what one person may see, in a number of queries that does not depend on how much there is.
"""

import uuid
from dataclasses import dataclass, field
from typing import Any

from django.db.models import Exists, F, Max, OuterRef, Prefetch, QuerySet

from accounts.models import User
from accounts.presence import with_presence
from guilds import access
from guilds.models import Channel, ChannelType, Member, MemberRole, Role, Server, Timeout
from guilds.permissions import Permission
from guilds.signals import channels_listed
from together import events

# The list on a page ends here; the count beside it is the whole.
SHOWN_MEMBERS = 200


@dataclass
class Group:
    """Channels under one heading; those without a category come first, under none."""

    category: Channel | None
    channels: list[Channel] = field(default_factory=list)


@dataclass
class Circle:
    """Members under the highest of their roles; those without any come last."""

    role: Role | None
    members: list[Member] = field(default_factory=list)


def my_servers(user: User) -> QuerySet[Server]:
    """What the rail shows, in the order in which one joined."""
    return access.visible_servers(user).with_member_count().order_by("members__joined_at", "created_at", "id")


def panels(user: User, server_id: uuid.UUID, here: uuid.UUID | None = None) -> dict[str, Any]:
    """The context of `guilds/_panels.html`; `here` is the channel that is open. Raises `NotFound` to strangers."""
    # Read first: from here on the page's socket tells what has changed since.
    place = events.place()
    server = access.find_server(user, server_id)
    held = access.flags(user, server)
    members = list(shown_members(server))
    return {
        "place": place,
        "servers": list(my_servers(user)),
        "server": server,
        "here": here,
        "groups": channel_groups(user, server),
        "may_manage_channels": Permission.MANAGE_CHANNELS in held,
        "may_invite": Permission.CREATE_INVITES in held,
        "members": members,
        "circles": circles(members),
    }


def channel_groups(user: User, server: Server) -> list[Group]:
    """The channels that a person sees, by category, in the order of the server; those that are `private` say so."""
    seen = list(access.visible_channels(user, server=server.pk).order_by("position", "created_at", "id"))
    loose = Group(None)
    groups = {channel.pk: Group(channel) for channel in seen if channel.type == ChannelType.CATEGORY}
    for channel in seen:
        if channel.type != ChannelType.CATEGORY:
            group = groups.get(channel.parent_id, loose) if channel.parent_id else loose
            rules = group.category if channel.inherits and group.category else channel
            channel.private = bool(rules.default_deny & Permission.VIEW_CHANNEL)  # type: ignore[attr-defined]
            group.channels.append(channel)
    channels_listed.send(sender=Channel, user=user, channels=[one for one in seen if one.type != ChannelType.CATEGORY])
    return [loose, *groups.values()] if loose.channels else list(groups.values())


def shown_members(server: Server) -> QuerySet[Member]:
    """The first members by rank, each with their roles, the highest first, and whether they are timed out."""
    return with_roles(server.members.all()).order_by(F("rank").desc(nulls_last=True), "joined_at", "id")[:SHOWN_MEMBERS]


def with_roles(members: QuerySet[Member]) -> QuerySet[Member]:
    """Those members with all that a list shows of them."""
    held = MemberRole.objects.select_related("role").order_by("-role__position", "role__created_at", "role_id")
    silenced = Timeout.objects.in_force().filter(server=OuterRef("server"), user=OuterRef("user"))
    return (
        with_presence(members, "user")
        .select_related("user")
        .prefetch_related(Prefetch("member_roles", held, to_attr="held"))
        .annotate(rank=Max("member_roles__role__position"), timed_out=Exists(silenced))
    )


def circles(members: list[Member]) -> list[Circle]:
    """Members that come by rank, under the role that ranks them."""
    found: dict[uuid.UUID | None, Circle] = {}
    for member in members:
        held = member.held  # type: ignore[attr-defined]
        role = held[0].role if held else None
        found.setdefault(role and role.pk, Circle(role)).members.append(member)
    alone = found.pop(None, None)
    return [*found.values(), alone] if alone else list(found.values())
