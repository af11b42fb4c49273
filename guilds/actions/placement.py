"""Where a channel is, and whose rules count there: what making, changing and moving channels have in common.

Every function here is for a channel of a server whose row the caller has locked, and asks what the actor may do.
"""

import uuid
from dataclasses import replace

from django.utils.translation import gettext as _

from accounts.models import User
from guilds import access
from guilds.actions.categories import make_category
from guilds.actions.common import Fields, server_of
from guilds.models import Channel, ChannelType, Server
from guilds.permissions import Permission
from guilds.places import rules_of
from guilds.rules import drop_own, same, take_own, with_defaults
from together.refusals import Refusal

P = Permission


def wanted_category(actor: User, channel: Channel, changes: Fields) -> tuple[Channel | None, bool]:
    """The category that a channel shall be in, and whether it is new."""
    if "category_id" in changes:
        if changes["category_id"] in (None, channel.parent_id):
            return (channel.parent if changes["category_id"] else None), False
        return category_by_id(actor, server_of(channel), changes["category_id"]), False
    name = changes.get("category")
    # Of several with that name it is in the right one already.
    if name is None or name == name_of_category(channel):
        return channel.parent, False
    return category_by_name(actor, server_of(channel), name)


def category_by_id(actor: User, server: Server, category_id: uuid.UUID) -> Channel:
    """The category to put a channel into, which takes MANAGE_CHANNELS there."""
    category = access.find_category(actor, category_id, server=server.pk)
    access.require(actor, P.MANAGE_CHANNELS, category)
    return category


def category_by_name(actor: User, server: Server, name: str | None) -> tuple[Channel | None, bool]:
    """The same by its name, and whether it is new: one that nobody knows is made."""
    if not name:
        return None, False
    # One that the actor does not see is none: what is put into it would say that it is there.
    seen = access.visible_channels(actor, server=server.pk).filter(type=ChannelType.CATEGORY, name=name)
    found = seen.in_order().first()
    if found:
        access.require(actor, P.MANAGE_CHANNELS, found)
        return found, False
    access.require(actor, P.MANAGE_CHANNELS, server)
    return make_category(server, name), True


def apply_rules(actor: User, channel: Channel, parent: Channel | None, changes: Fields) -> bool:
    """Give a channel that shall be in that category the rules that it shall have; whether others count there now."""
    old = rules_of(channel)
    given = {name: changes[name] for name in ("default_allow", "default_deny") if name in changes}
    ruled = any(value != getattr(old, name) for name, value in given.items())
    inherits = changes.get("inherits", channel.inherits and parent is not None and not ruled)
    require_sense(inherits, parent, any(given.values()) if changes.get("inherits") else False)
    if inherits and parent:
        new = rules_of(parent)
    elif channel.inherits and not ruled and "inherits" not in changes:
        new = old
    else:
        new = with_defaults(
            old, given.get("default_allow", old.default_allow), given.get("default_deny", old.default_deny)
        )
    new = replace(new, inherited=inherits)
    if not same(old, new):
        access.require_may_rule(actor, channel, old, new)
    if inherits and parent:
        drop_own(channel, parent)
    else:
        take_own(channel)
        channel.default_allow, channel.default_deny = int(new.default_allow), int(new.default_deny)
    return not same(old, new)


def require_sense(inherits: bool, parent: Channel | None, ruled: bool) -> None:
    """Raise `Refusal` for a channel that would inherit from nothing, or have rules that do not count."""
    if inherits and parent is None:
        raise Refusal(_("A channel in no category has nothing to inherit from."))
    if inherits and ruled:
        raise Refusal(_("A channel that inherits has no rules of its own."))


def name_of_category(channel: Channel) -> str | None:
    """The name of the category that a channel is in."""
    return channel.parent.name if channel.parent else None
