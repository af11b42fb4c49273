"""Putting many channels into other categories at once."""

import uuid
from collections.abc import Iterable, Mapping

from accounts.models import User
from guilds import access
from guilds.actions.placement import category_by_id
from guilds.models import Channel, ChannelType, Server
from guilds.permissions import Permission
from guilds.places import places_in
from guilds.rules import same, take_own

Goals = Mapping[uuid.UUID, uuid.UUID | None]


def move_channels(actor: User, server: Server, channels: Iterable[Channel], goals: Goals) -> list[Channel]:
    """Put channels of a server whose row the caller has locked where they shall be: the id of a category, or none.

    Returns those that moved, for the caller to tell of. Raises `NotFound` for a category that the actor does not see,
    and `Forbidden` without MANAGE_CHANNELS in the channel or the category, or for rules that the actor may not change.
    """
    moved = [channel for channel in channels if goals[channel.pk] != channel.parent_id]
    if not moved:
        return []
    managed = access.places_with(actor, Permission.MANAGE_CHANNELS, server)
    categories = Channel.objects.filter(server=server, type=ChannelType.CATEGORY).in_bulk()
    rules = {place.id: place.rules for place in places_in([server.pk])}
    # Channels that inherit, and go the same way, are alike.
    asked: set[tuple[uuid.UUID | None, uuid.UUID]] = set()
    for channel in moved:
        goal = goals[channel.pk]
        if channel.pk not in managed:
            access.require(actor, Permission.MANAGE_CHANNELS, channel)
        if goal and (goal not in managed or goal not in categories):
            category_by_id(actor, server, goal)
        if not channel.inherits:
            continue
        if not goal:
            take_own(channel)
        elif (way := (channel.parent_id, goal)) not in asked and not same(rules[channel.pk], rules[goal]):
            access.require_may_rule(actor, channel, rules[channel.pk], rules[goal])
            asked.add(way)
    for channel in moved:
        goal = goals[channel.pk]
        channel.parent = categories[goal] if goal else None
    Channel.objects.bulk_update(moved, ["parent"])
    return moved
