"""What somebody else sees: a server as a role or a member meets it."""

from accounts.models import User
from guilds.access.abilities import require, standing
from guilds.access.visibility import visible_channels
from guilds.models import Channel, Member, Role, Server
from guilds.permissions import Permission, resolve
from guilds.places import places_in
from guilds.sight import Ground
from guilds.standings import standing_of
from together.refusals import NotFound


def preview(
    actor: User, server: Server, *, role: Role | None = None, member: Member | None = None
) -> list[tuple[Channel, Permission]]:
    """The channels that somebody with that role alone, or that member, sees, in order, with what they may do there.

    Only those that `actor` sees too. Raises `Forbidden` without MANAGE_ROLES, unless they look at themselves.
    """
    if member is None or member.user_id != actor.pk:
        require(actor, Permission.MANAGE_ROLES, server)
    who = standing_of(role) if role else standing(member.user, server) if member else None
    if who is None or who.server_id != server.pk:
        raise NotFound
    there = places_in([server.pk])
    shown = Ground(there).seen(who)
    held = {place.id: Permission(resolve(who, place.rules)) for place in there}
    common = visible_channels(actor, server=server.pk).filter(pk__in=shown).select_related("parent").listed()
    return [(channel, held[channel.pk]) for channel in common]
