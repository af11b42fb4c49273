"""What the resolver needs to know, read in a constant number of queries however many people, roles and channels."""

import uuid
from collections import defaultdict
from collections.abc import Collection
from dataclasses import dataclass, field

from django.db.models import Q

from guilds.models import Channel, Member, MemberRole, Override
from guilds.permissions import Overrule, Permission, Rules, Standing, resolve

# (server, user)
Seat = tuple[uuid.UUID, uuid.UUID]


def standings(
    *, users: Collection[uuid.UUID] | None = None, servers: Collection[uuid.UUID] | None = None
) -> dict[Seat, Standing]:
    """Who is what in which living server: of these people, in these servers; None means all."""
    wanted = Q()
    if users is not None:
        wanted &= Q(user__in=users)
    if servers is not None:
        wanted &= Q(server__in=servers)
    members = Member.objects.in_living_servers().filter(wanted)
    rows = members.values_list("pk", "user_id", "server_id", "server__owner_id", "server__default_permissions")
    roles: dict[uuid.UUID, dict[uuid.UUID, Permission]] = defaultdict(dict)
    held = MemberRole.objects.filter(member__in=members.values("pk"))
    for member_id, role_id, flags in held.values_list("member_id", "role_id", "role__permissions"):
        roles[member_id][role_id] = Permission(flags)
    return {
        (server_id, user_id): Standing(user_id, server_id, user_id == owner_id, Permission(default), roles[pk])
        for pk, user_id, server_id, owner_id, default in rows
    }


@dataclass(slots=True)
class Place:
    """A channel as far as permissions go."""

    id: uuid.UUID
    server_id: uuid.UUID
    parent_id: uuid.UUID | None
    is_category: bool
    rules: Rules = field(default_factory=Rules)


def places(channels: Q) -> list[Place]:
    """The channels that match, each with the rules that count there: its own, or its category's."""
    columns = ("id", "server_id", "parent_id", "type", "inherits", "default_allow", "default_deny")
    rows = list(
        Channel.objects.in_living_servers()
        .filter(channels)
        .values_list(*columns, "parent__default_allow", "parent__default_deny")
    )
    lent = {row[0]: row[2] if row[4] and row[2] else row[0] for row in rows}
    of_roles, of_users = _overrules(set(lent.values()))
    return [
        Place(
            id,
            server_id,
            parent_id,
            type == "category",
            Rules(
                Permission(parent_allow if lent[id] == parent_id else allow),
                Permission(parent_deny if lent[id] == parent_id else deny),
                tuple(of_roles[lent[id]]),
                tuple(of_users[lent[id]]),
            ),
        )
        for id, server_id, parent_id, type, _inherits, allow, deny, parent_allow, parent_deny in rows
    ]


def seen(standing: Standing, where: list[Place]) -> set[uuid.UUID]:
    """The channels of one server that a person sees there.

    A category is seen with any of its channels, and, to be filled, by those who manage channels.
    """
    flags = {place.id: resolve(standing, place.rules) for place in where}
    channels = {place.id for place in where if not place.is_category and Permission.VIEW_CHANNEL in flags[place.id]}
    parents = {place.parent_id for place in where if place.id in channels}
    categories = {
        place.id
        for place in where
        if place.is_category and (place.id in parents or Permission.MANAGE_CHANNELS in flags[place.id])
    }
    return channels | categories


def _overrules(
    channel_ids: set[uuid.UUID],
) -> tuple[dict[uuid.UUID, list[Overrule]], dict[uuid.UUID, list[Overrule]]]:
    of_roles: dict[uuid.UUID, list[Overrule]] = defaultdict(list)
    of_users: dict[uuid.UUID, list[Overrule]] = defaultdict(list)
    rows = Override.objects.filter(channel__in=channel_ids).values_list(
        "channel_id", "role_id", "user_id", "allow", "deny"
    )
    for channel_id, role_id, user_id, allow, deny in rows:
        kind = of_roles if role_id else of_users
        kind[channel_id].append(Overrule(role_id or user_id, Permission(allow), Permission(deny)))
    return of_roles, of_users
