"""What the resolver needs to know, read in a constant number of queries however many people, roles and channels."""

import uuid
from collections import defaultdict
from collections.abc import Collection, Iterable
from dataclasses import dataclass, field, replace
from typing import Any

from django.contrib.postgres.aggregates import ArrayAgg, BitOr
from django.db.models import Exists, OuterRef, Q
from django.db.models.functions import Coalesce

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


def places(channels: Q, holders: Collection[Standing] | None = None) -> list[Place]:
    """The channels that match, each with the rules that count there: its own, or its category's.

    With `holders`, the rules hold for these people only: overrides of nobody else are read.
    """
    columns = ("id", "server_id", "parent_id", "type", "inherits", "default_allow", "default_deny")
    rows = list(
        Channel.objects.in_living_servers()
        .filter(channels)
        .values_list(*columns, "parent__default_allow", "parent__default_deny")
    )
    of_roles, of_users = _overrules(
        {parent if inherits else id for id, _server, parent, _type, inherits, *_ in rows}, holders
    )
    found = []
    for id, server_id, parent_id, type, inherits, *own, lent_allow, lent_deny in rows:
        source, (allow, deny) = (parent_id, (lent_allow, lent_deny)) if inherits else (id, own)
        rules = Rules(allow, deny, of_roles.get(source, {}), of_users.get(source, {}), inherits)
        found.append(Place(id, server_id, parent_id, type == "category", rules))
    return found


def seers(server_id: uuid.UUID, channel_id: uuid.UUID, around: Collection[Place]) -> list[uuid.UUID]:
    """The members who see a channel; `around` is that channel and, of a category, what is in it.

    Most members are alike there: what tells them apart is what they hold in the server, and which of their roles have
    a say. Each kind is resolved once; the owner and those with a say of their own each for themselves.
    """
    telling = {role_id for place in around for role_id in place.rules.of_roles}
    special = {user_id for place in around for user_id in place.rules.of_users}
    members = Member.objects.filter(server=server_id).annotate(
        granted=Coalesce(BitOr("member_roles__role__permissions"), 0),
        heard=ArrayAgg("member_roles__role", filter=Q(member_roles__role__in=telling), order_by="member_roles__role"),
    )
    found: list[uuid.UUID] = []
    known: dict[tuple[Any, ...], bool] = {}
    columns = ("user_id", "server__owner_id", "server__default_permissions", "granted", "heard")
    for user_id, owner_id, default, granted, heard in members.values_list(*columns):
        roles = tuple(heard or ())
        kind = (user_id if user_id in special or user_id == owner_id else None, granted, roles)
        if kind not in known:
            # What their roles grant is in the base already.
            one = Standing(user_id, server_id, user_id == owner_id, default | granted, dict.fromkeys(roles, 0))
            known[kind] = channel_id in seen(one, around)
        if known[kind]:
            found.append(user_id)
    return found


def seen(standing: Standing, where: Iterable[Place]) -> set[uuid.UUID]:
    """The channels of one server that a person sees there.

    A category is seen with any of its channels, and, to be filled, by those who manage channels. A timeout hides
    nothing: it ends by the clock, which tells nobody.
    """
    if standing.timed_out:
        standing = replace(standing, timed_out=False)
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


def _overrules(
    channels: Collection[uuid.UUID], holders: Collection[Standing] | None
) -> tuple[dict[uuid.UUID, dict[uuid.UUID, Overrule]], dict[uuid.UUID, dict[uuid.UUID, Overrule]]]:
    """The overrides of those channels, by channel and holder: of roles, and of people."""
    of_roles: dict[uuid.UUID, dict[uuid.UUID, Overrule]] = defaultdict(dict)
    of_users: dict[uuid.UUID, dict[uuid.UUID, Overrule]] = defaultdict(dict)
    overrides = Override.objects.filter(channel__in=channels)
    if holders is not None:
        roles = {role_id for one in holders for role_id in one.roles}
        overrides = overrides.filter(Q(role__in=roles) | Q(user__in=[one.user_id for one in holders]))
    columns = ("channel_id", "role_id", "user_id", "allow", "deny")
    for channel_id, role_id, user_id, allow, deny in overrides.values_list(*columns):
        kind = of_roles if role_id else of_users
        kind[channel_id][role_id or user_id] = Overrule(allow, deny)
    return of_roles, of_users
