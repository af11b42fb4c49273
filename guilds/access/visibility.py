"""What does this person see, and who sees this?"""

import uuid
from collections.abc import Collection

from django.db.models import Q, QuerySet

from accounts.models import User
from guilds.access.abilities import server_of
from guilds.models import Channel, ChannelQuerySet, Member, Server, ServerQuerySet
from guilds.permissions import Permission, Standing, resolve
from guilds.standings import Place, places, seen, seers, standings


def visible_servers(user: User) -> ServerQuerySet:
    """The servers that a person is a member of."""
    return Server.objects.living().filter(members__user=user)


def deleted_servers(user: User) -> set[uuid.UUID]:
    """Servers that a person was a member of when they were deleted, as long as they are not purged."""
    gone = Member.objects.filter(user=user, server__deleted_at__isnull=False)
    return set(gone.values_list("server_id", flat=True))


def public_servers() -> ServerQuerySet:
    """The servers that anyone may see and try to join."""
    return Server.objects.living().filter(is_public=True)


def visible_channels(user: User, *, server: uuid.UUID | None = None) -> ChannelQuerySet:
    """The channels that a person sees, in all their servers or in one; categories among them."""
    seen_there = seen_everywhere(user) if server is None else seen_by([user.pk], server)
    return Channel.objects.filter(pk__in=set().union(*seen_there.values()))


def viewers(channel: Channel) -> QuerySet[User]:
    """The people who see a channel."""
    around = places(Q(pk=channel.pk) | Q(parent=channel.pk))
    people: QuerySet[User] = User.objects.filter(pk__in=seers(server_of(channel), channel.pk, around))
    return people


def holders(permission: Permission, server: Server) -> list[uuid.UUID]:
    """The people who hold a permission in a server."""
    everyone = standings(servers=[server.pk]).values()
    return [one.user_id for one in everyone if resolve(one) & permission]


def seen_by(users: Collection[uuid.UUID], server_id: uuid.UUID) -> dict[uuid.UUID, set[uuid.UUID]]:
    """What each of these people sees in one server: the gateway's view of the same door. Strangers are not in it."""
    there = standings(users=users, servers=[server_id]).values()
    where = places(Q(server=server_id), holders=there)
    return {standing.user_id: seen(standing, where) for standing in there}


def seen_as(standing: Standing) -> set[uuid.UUID]:
    """What somebody of that standing sees in its server: a preview of what a role shows."""
    return seen(standing, places(Q(server=standing.server_id), holders=[standing]))


def seen_everywhere(user: User) -> dict[uuid.UUID, set[uuid.UUID]]:
    """What one person sees, by server."""
    everywhere = standings(users=[user.pk])
    by_server: dict[uuid.UUID, list[Place]] = {}
    for place in places(Q(server__in=[server_id for server_id, _user in everywhere]), holders=everywhere.values()):
        by_server.setdefault(place.server_id, []).append(place)
    return {server: seen(standing, by_server.get(server, [])) for (server, _user), standing in everywhere.items()}
