"""Rank: nobody grants what they lack, touches a role at or above their own, or moderates who ranks as high.

The owner is above all of it. Administrators lack no flag, but have a rank like anybody else.
"""

import math
import uuid
from collections.abc import Mapping

from django.utils.translation import gettext as _

from accounts.models import User
from guilds.access.abilities import flags, standing
from guilds.models import Channel, Role, Server
from guilds.permissions import Overrule, Permission, Rules, Standing
from guilds.standings import standings
from together.refusals import Forbidden, NotFound, Refusal

Overrules = Mapping[uuid.UUID, Overrule]


def require_grantable(user: User, wanted: int, where: Server | Channel) -> None:
    """Raise `Forbidden`, naming them, for flags that the person does not hold here and so cannot give or take."""
    lacking = Permission(wanted) & ~flags(user, where)
    if lacking:
        names = ", ".join(flag.name or "" for flag in lacking)
        raise Forbidden(_("You cannot give or take a permission that you lack: {names}.").format(names=names))


def require_above(user: User, server: Server, position: int) -> None:
    """Raise `Forbidden` unless the person ranks above a role at that position."""
    who = _standing(user, server)
    if not who.is_owner and position >= who.position:
        raise Forbidden(_("That role is not below your own: you need a higher role, or to own the server."))


def require_may_moderate(user: User, permission: Permission, server: Server, target: User) -> None:
    """Raise unless the person has that permission here and ranks above the target, who need not be a member.

    `Refusal` for oneself; `Forbidden` for the owner, for who ranks as high, and without the permission.
    """
    who = _standing(user, server)
    if target.pk == user.pk:
        raise Refusal(_("You cannot do that to yourself."))
    if target.pk == server.owner_id:
        raise Forbidden(_("Nobody can do that to the owner of the server."))
    if permission not in flags(user, server):
        raise Forbidden(_("You need the permission {name} to do that.").format(name=permission.name))
    rank = standings(users=[target.pk], servers=[server.pk]).get((server.pk, target.pk))
    if rank is not None and not who.is_owner and rank.position >= who.position:
        raise Forbidden(_("They do not rank below you: you need a higher role, or to own the server."))


def require_may_rule(user: User, channel: Channel, before: Rules, after: Rules) -> None:
    """Raise `Forbidden` unless the person may turn one set of rules of a channel into the other.

    Every flag that changes must be theirs in that channel, and whose override changes must rank below them. Of their
    own they may give something up: what they lent themselves would stay theirs when their role is taken.
    """
    who = _standing(user, _server(channel))
    roles, of_roles = _changes(before.of_roles, after.of_roles)
    people, of_people = _changes(before.of_users, after.of_users)
    nothing = Overrule(0, 0)
    was, will = before.of_users.get(user.pk, nothing), after.of_users.get(user.pk, nothing)
    others = people if will.allow & ~was.allow else people - {user.pk}
    positions = [*_positions_of_roles(roles), *_positions_of_members(who.server_id, others)]
    if not who.is_owner and any(position >= who.position for position in positions):
        raise Forbidden(_("They do not rank below you: you need a higher role, or to own the server."))
    of_everyone = (before.default_allow ^ after.default_allow) | (before.default_deny ^ after.default_deny)
    require_grantable(user, of_everyone | of_roles | of_people, channel)


def _changes(before: Overrules, after: Overrules) -> tuple[set[uuid.UUID], int]:
    """Whose override is another one afterwards, and all flags that it says something else of."""
    nothing, flags = Overrule(0, 0), 0
    # An empty override says nothing, but it is one.
    holders = {holder for holder in {*before, *after} if before.get(holder) != after.get(holder)}
    for holder in holders:
        was, will = before.get(holder, nothing), after.get(holder, nothing)
        flags |= (was.allow ^ will.allow) | (was.deny ^ will.deny)
    return holders, flags


def _standing(user: User, server: Server) -> Standing:
    who = standing(user, server)
    if who is None:
        raise NotFound
    return who


def _server(channel: Channel) -> Server:
    server: Server | None = channel.server
    if server is None:
        raise NotFound
    return server


def _positions_of_roles(roles: set[uuid.UUID]) -> list[int]:
    return list(Role.objects.filter(pk__in=roles).values_list("position", flat=True)) if roles else []


def _positions_of_members(server_id: uuid.UUID, users: set[uuid.UUID]) -> list[float]:
    found = standings(users=users, servers=[server_id]).values() if users else []
    return [math.inf if one.is_owner else one.position for one in found]
