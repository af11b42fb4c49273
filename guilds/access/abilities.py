"""May this person do this here, and why?"""

import uuid

from django.utils.translation import gettext as _

from accounts.models import User
from guilds.glance import Glance, channel_in_turn, flags_at_a_glance
from guilds.models import Channel, ChannelType, Member, Server, Timeout
from guilds.permissions import NONE, Decision, Permission, Standing, Step, explain, resolve
from guilds.places import places_around, rules_of
from guilds.sight import Ground
from guilds.standings import standings
from together.refusals import Forbidden, NotFound

Where = Server | Channel


def can(user: User, permission: Permission, where: Where) -> bool:
    """May this person do this here? In a channel that they do not see they may do nothing."""
    return permission in flags(user, where)


def require(user: User, permission: Permission, where: Where) -> None:
    """Raise `Forbidden`, naming the permission, unless the person has it here; `NotFound` where they see nothing."""
    _demand(permission, flags(user, where), user, where)


def enter(user: User, permission: Permission, channel_id: uuid.UUID) -> Glance:
    """Lock somebody's membership and a channel until the transaction ends, and require that permission there.

    Who removes them, or times them out, waits for what they are just doing, and is asked about afterwards; so do others
    who enter the channel. Raises as `require`.
    """
    found = channel_in_turn(user.pk, channel_id)
    if found is None:
        raise NotFound
    _demand(permission, found.flags, user, found.channel)
    return found


def flags(user: User, where: Where) -> Permission:
    """All that a person holds in a server or, resolved, in a channel; nothing for those who are not members."""
    if isinstance(where, Channel) and where.server_id and where.type != ChannelType.CATEGORY:
        return flags_at_a_glance(user.pk, where.pk)
    who = standing(user, where)
    if who is None:
        return NONE
    if isinstance(where, Server):
        return Permission(resolve(who))
    around = places_around(where.pk, [who])
    held = next((resolve(who, place.rules) for place in around if place.id == where.pk), 0)
    return Permission(held) | Permission.VIEW_CHANNEL if Ground(around).sees(who, where.pk) else NONE


def why(user: User, where: Where) -> dict[Permission, Decision]:
    """For each flag the step that decided it, from the resolver itself. Raises `NotFound` for those outside."""
    who = standing(user, where)
    if who is None:
        raise NotFound
    if isinstance(where, Server):
        return explain(who)
    decisions = explain(who, rules_of(where))
    return _of_category(who, where, decisions) if where.type == ChannelType.CATEGORY else decisions


def standing(user: User, where: Where) -> Standing | None:
    """What a person is in a server; None for those outside."""
    server_id = server_of(where)
    return standings(users=[user.pk], servers=[server_id]).get((server_id, user.pk))


def is_member(user: User, where: Where) -> bool:
    return Member.objects.in_living_servers().filter(user=user, server=server_of(where)).exists()


def server_of(where: Where) -> uuid.UUID:
    server_id = where.pk if isinstance(where, Server) else where.server_id
    if server_id is None:
        # A conversation between people has no server, and this is not its door.
        raise NotFound
    return server_id


def _demand(permission: Permission, held: Permission, user: User, where: Where) -> None:
    if permission in held:
        return
    if isinstance(where, Channel) and Permission.VIEW_CHANNEL not in held:
        raise NotFound
    decision = why(user, where)[permission]
    sentence = _("You need the permission {name} to do that.").format(name=permission.name)
    if decision.step == Step.TIMED_OUT:
        sentence += " " + _("You are timed out until {moment}.").format(moment=_end_of_timeout(user, where))
    raise Forbidden(sentence)


def _of_category(who: Standing, where: Channel, decisions: dict[Permission, Decision]) -> dict[Permission, Decision]:
    """Whether it is seen is decided by what is in it, and unseen it holds nothing."""
    sees = Ground(places_around(where.pk, [who])).sees(who, where.pk)
    if sees and decisions[Permission.VIEW_CHANNEL].allowed:
        return decisions
    nothing = dict.fromkeys(Permission, Decision(False, Step.NO_VIEW))
    return {**nothing, Permission.VIEW_CHANNEL: Decision(sees, Step.CONTENT)}


def _end_of_timeout(user: User, where: Where) -> str:
    timeouts = Timeout.objects.filter(user=user, server=server_of(where))
    return f"{timeouts.values_list('expires_at', flat=True).get():%Y-%m-%d %H:%M UTC}"
