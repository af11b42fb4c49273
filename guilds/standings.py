"""What the resolver needs to know, read in a constant number of queries however many people, roles and channels."""

import uuid
from collections import defaultdict
from collections.abc import Collection, Iterable
from dataclasses import dataclass, field, replace

from django.db.models import Exists, OuterRef, Q

from guilds.models import Channel, Member, MemberRole, Override, Role, Timeout
from guilds.permissions import Overrule, Permission, Rules, Standing, resolve

# (server, user)
Seat = tuple[uuid.UUID, uuid.UUID]
_VIEW, _MANAGE = int(Permission.VIEW_CHANNEL), int(Permission.MANAGE_CHANNELS)


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
    timed_out = Exists(Timeout.objects.in_force().filter(server=OuterRef("server"), user=OuterRef("user")))
    rows = members.annotate(timed_out=timed_out).values_list(
        "pk", "user_id", "server_id", "server__owner_id", "server__default_permissions", "timed_out"
    )
    roles: dict[uuid.UUID, dict[uuid.UUID, int]] = defaultdict(dict)
    highest: dict[uuid.UUID, int] = defaultdict(int)
    held = MemberRole.objects.filter(member__in=members.values("pk"))
    columns = ("member_id", "role_id", "role__permissions", "role__position")
    for member_id, role_id, granted, position in held.values_list(*columns):
        roles[member_id][role_id] = granted
        highest[member_id] = max(highest[member_id], position)
    return {
        (server_id, user_id): Standing(user_id, server_id, user_id == owner_id, default, roles[pk], late, highest[pk])
        for pk, user_id, server_id, owner_id, default, late in rows
    }


def standing_of(role: Role) -> Standing:
    """Somebody who holds that role and no other: whom a preview shows a server to."""
    nobody = uuid.UUID(int=0)
    return Standing(
        nobody,
        role.server_id,
        False,
        role.server.default_permissions,
        {role.pk: role.permissions},
        False,
        role.position,
    )


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
    rules: dict[uuid.UUID, Rules] = {}
    for id, _server, parent_id, _type, inherits, allow, deny, lent_allow, lent_deny in rows:
        if inherits and parent_id:
            rules.setdefault(parent_id, Rules(lent_allow, lent_deny))
        else:
            rules[id] = Rules(allow, deny)
    overruled = _overruled(rules)
    lent = {id: replace(found, inherited=True) for id, found in overruled.items()}
    return [
        Place(
            id,
            server_id,
            parent_id,
            type == "category",
            lent[parent_id] if inherits and parent_id else overruled[id],
        )
        for id, server_id, parent_id, type, inherits, *_rules in rows
    ]


def seen(standing: Standing, where: Iterable[Place]) -> set[uuid.UUID]:
    """The channels of one server that a person sees there.

    A category is seen with any of its channels, and, to be filled, by those who manage channels.
    """
    channels: set[uuid.UUID] = set()
    categories: set[uuid.UUID] = set()
    for place in where:
        flags = resolve(standing, place.rules)
        if place.is_category:
            if flags & _MANAGE:
                categories.add(place.id)
        elif flags & _VIEW:
            channels.add(place.id)
            if place.parent_id:
                categories.add(place.parent_id)
    return channels | categories


def _overruled(rules: dict[uuid.UUID, Rules]) -> dict[uuid.UUID, Rules]:
    """Those rules with the overrides of their channels."""
    of_roles: dict[uuid.UUID, dict[uuid.UUID, Overrule]] = defaultdict(dict)
    of_users: dict[uuid.UUID, dict[uuid.UUID, Overrule]] = defaultdict(dict)
    columns = ("channel_id", "role_id", "user_id", "allow", "deny")
    for channel_id, role_id, user_id, allow, deny in Override.objects.filter(channel__in=rules).values_list(*columns):
        kind = of_roles if role_id else of_users
        kind[channel_id][role_id or user_id] = Overrule(allow, deny)
    return {id: replace(one, of_roles=of_roles[id], of_users=of_users[id]) for id, one in rules.items()}
