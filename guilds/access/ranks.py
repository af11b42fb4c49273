"""Rank: nobody grants what they lack, touches a role at or above their own, or moderates who ranks as high.

The owner is above all of it. Administrators lack no flag, but have a rank like anybody else.
"""

from django.utils.translation import gettext as _

from accounts.models import User
from guilds.access.abilities import flags, standing
from guilds.models import Channel, Role, Server
from guilds.permissions import NONE, Overrule, Permission, Rules, Standing
from guilds.standings import standings
from together.refusals import Forbidden, NotFound, Refusal


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

    Every flag that changes must be theirs in that channel, and every holder whose override changes rank below them.
    """
    who = _standing(user, _server(channel))
    changed = (before.default_allow ^ after.default_allow) | (before.default_deny ^ after.default_deny)
    nothing = Overrule(NONE, NONE)
    for old, new, positions in (
        (before.of_roles, after.of_roles, _positions_of_roles),
        (before.of_users, after.of_users, _positions_of_members),
    ):
        holders = {one for one in {*old, *new} if old.get(one, nothing) != new.get(one, nothing)}
        for holder in holders:
            was, will = old.get(holder, nothing), new.get(holder, nothing)
            changed |= (was.allow ^ will.allow) | (was.deny ^ will.deny)
        if not who.is_owner and any(position >= who.position for position in positions(channel, holders)):
            raise Forbidden(_("They do not rank below you: you need a higher role, or to own the server."))
    require_grantable(user, changed, channel)


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


def _positions_of_roles(channel: Channel, roles: set) -> list[int]:  # type: ignore[type-arg]
    return list(Role.objects.filter(pk__in=roles).values_list("position", flat=True))


def _positions_of_members(channel: Channel, users: set) -> list[int]:  # type: ignore[type-arg]
    server_id = channel.server_id
    found = standings(users=users, servers=[server_id] if server_id else []) if users else {}
    highest = 2**62
    return [highest if one.is_owner else one.position for one in found.values()]
