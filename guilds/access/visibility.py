"""What does this person see, and who sees this?"""

import uuid
from collections.abc import Collection

from django.db.models import QuerySet

from accounts.models import User
from guilds.access.abilities import server_of
from guilds.models import Channel, ChannelQuerySet, Member, Server, ServerQuerySet
from guilds.permissions import Permission, resolve
from guilds.places import Place, places_around, places_in
from guilds.sight import Ground, seers
from guilds.standings import standings
from together import events

# The channels that somebody sees, by server or by person.
Seen = dict[uuid.UUID, frozenset[uuid.UUID]]


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
    found = seers(server_of(channel), channel.pk, places_around(channel.pk))
    people: QuerySet[User] = User.objects.filter(pk__in=found)
    return people


def holders(permission: Permission, server: Server) -> list[uuid.UUID]:
    """The people who hold a permission in a server."""
    everyone = standings(servers=[server.pk]).values()
    return [one.user_id for one in everyone if resolve(one) & permission]


def places_with(user: User, permission: Permission, server: Server) -> set[uuid.UUID]:
    """The channels and categories of a server that a person sees, and has that permission in."""
    found: set[uuid.UUID] = set()
    for who in standings(users=[user.pk], servers=[server.pk]).values():
        # Without seeing a place one holds nothing there.
        found |= {place.id for place in places_in([server.pk], [who]) if resolve(who, place.rules) & permission}
    return found


def seen_by(users: Collection[uuid.UUID], server_id: uuid.UUID) -> Seen:
    """What each of these people sees in one server. Strangers are not in it."""
    there = standings(users=users, servers=[server_id]).values()
    ground = Ground(places_in([server_id], there))
    return {standing.user_id: ground.seen(standing) for standing in there}


def heard_by(users: Collection[uuid.UUID], server_id: uuid.UUID) -> dict[uuid.UUID, frozenset[str]]:
    """The same as audiences: whose events each of these people may hear."""
    there = standings(users=users, servers=[server_id]).values()
    ground = Ground(places_in([server_id], there), named=events.channel)
    return {standing.user_id: ground.seen(standing) for standing in there}


def seen_everywhere(user: User) -> Seen:
    """What one person sees, by server."""
    everywhere = standings(users=[user.pk])
    by_server: dict[uuid.UUID, list[Place]] = {}
    for place in places_in([server_id for server_id, _user in everywhere], everywhere.values()):
        by_server.setdefault(place.server_id, []).append(place)
    return {server: Ground(by_server.get(server, ())).seen(one) for (server, _user), one in everywhere.items()}
