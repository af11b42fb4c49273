"""The door: every question about who may see or do what in a server. Its three faces must agree (design.md, section 4).

Unseen is `NotFound`, the same as for what never existed; seen but not allowed is `Forbidden`. Visibility is asked when
something is looked up, ability inside the action.
"""

import uuid
from collections.abc import Collection

from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _

from accounts.models import User
from guilds.models import Channel, ChannelQuerySet, Member, Server, ServerQuerySet
from guilds.permissions import NONE, Permission, resolve
from guilds.standings import Place, places, seen, standings
from together.refusals import Forbidden, NotFound

Where = Server | Channel


def can(user: User, permission: Permission, where: Where) -> bool:
    """May this person do this here? In a channel that they do not see they may do nothing."""
    return permission in flags(user, where)


def require(user: User, permission: Permission, where: Where) -> None:
    """Raise `Forbidden`, naming the permission, unless the person has it here; `NotFound` where they see nothing."""
    held = flags(user, where)
    if permission in held:
        return
    if not is_member(user, where) or (isinstance(where, Channel) and Permission.VIEW_CHANNEL not in held):
        raise NotFound
    raise Forbidden(_("You need the permission {name} to do that.").format(name=permission.name))


def flags(user: User, where: Where) -> Permission:
    """All that a person holds in a server or, resolved, in a channel; nothing for those who are not members."""
    server_id = _server_of(where)
    standing = standings(users=[user.pk], servers=[server_id]).get((server_id, user.pk))
    if standing is None:
        return NONE
    if isinstance(where, Server):
        return standing.base
    around = places(_with_its_channels(where))
    held = next((resolve(standing, place.rules) for place in around if place.id == where.pk), NONE)
    return held | Permission.VIEW_CHANNEL if where.pk in seen(standing, around) else NONE


def is_member(user: User, where: Where) -> bool:
    server_id = _server_of(where)
    return Member.objects.in_living_servers().filter(user=user, server=server_id).exists()


def visible_servers(user: User) -> ServerQuerySet:
    """The servers that a person is a member of."""
    return Server.objects.living().filter(members__user=user)


def public_servers() -> ServerQuerySet:
    """The servers that anyone may see and try to join."""
    return Server.objects.living().filter(is_public=True)


def find_server(user: User, server_id: uuid.UUID) -> Server:
    """One of the person's servers; raises `NotFound` for any other."""
    server = visible_servers(user).with_member_count().filter(pk=server_id).first()
    if server is None:
        raise NotFound
    return server


def visible_channels(user: User, *, server: uuid.UUID | None = None) -> ChannelQuerySet:
    """The channels that a person sees, in all their servers or in one; categories among them."""
    seen_there = seen_everywhere(user) if server is None else seen_by([user.pk], server)
    return Channel.objects.filter(pk__in=set().union(*seen_there.values()))


def find_channel(user: User, channel_id: uuid.UUID, *, server: uuid.UUID | None = None) -> Channel:
    """A channel that the person sees, in that server if one is named; raises `NotFound` for any other.

    Categories are not channels to the wire: they are found through their own actions only.
    """
    inside = Q(pk=channel_id) if server is None else Q(pk=channel_id, server=server)
    channel = Channel.objects.listed().select_related("server", "parent").filter(inside).first()
    if channel is None or not can(user, Permission.VIEW_CHANNEL, channel):
        raise NotFound
    return channel


def viewers(channel: Channel) -> QuerySet[User]:
    """The people who see a channel."""
    around = places(_with_its_channels(channel))
    everyone = standings(servers=[_server_of(channel)]).values()
    people: QuerySet[User] = User.objects.filter(
        pk__in=[one.user_id for one in everyone if channel.pk in seen(one, around)]
    )
    return people


def seen_by(users: Collection[uuid.UUID], server_id: uuid.UUID) -> dict[uuid.UUID, set[uuid.UUID]]:
    """What each of these people sees in one server: the gateway's view of the same door. Strangers are not in it."""
    where = places(Q(server=server_id))
    there = standings(users=users, servers=[server_id]).values()
    return {standing.user_id: seen(standing, where) for standing in there}


def seen_everywhere(user: User) -> dict[uuid.UUID, set[uuid.UUID]]:
    """What one person sees, by server."""
    everywhere = standings(users=[user.pk])
    by_server = _by_server(places(Q(server__in=[server_id for server_id, _user in everywhere])))
    return {server: seen(standing, by_server.get(server, [])) for (server, _user), standing in everywhere.items()}


def _server_of(where: Where) -> uuid.UUID:
    server_id = where.pk if isinstance(where, Server) else where.server_id
    if server_id is None:
        # A conversation between people has no server, and this is not its door.
        raise NotFound
    return server_id


def _with_its_channels(channel: Channel) -> Q:
    # Whether a category is seen depends on what it holds.
    return Q(pk=channel.pk) | Q(parent=channel.pk)


def _by_server(where: list[Place]) -> dict[uuid.UUID, list[Place]]:
    grouped: dict[uuid.UUID, list[Place]] = {}
    for place in where:
        grouped.setdefault(place.server_id, []).append(place)
    return grouped
