"""The order of channels and categories.

One orders what one sees; what one does not see keeps its place among it.
"""

import uuid
from collections.abc import Collection, Iterable
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from accounts.models import User
from guilds import access, events
from guilds.actions.channels import record_updates, snapshot
from guilds.actions.common import difference
from guilds.actions.locks import lock_server
from guilds.actions.moves import move_channels
from guilds.models import Channel, Server
from guilds.permissions import Permission
from together.audit import record
from together.events import publish, publish_all
from together.refusals import Refusal


@transaction.atomic
def reorder_channels(*, actor: User, server: Server, channels: list[dict[str, Any]]) -> list[Channel]:
    """Put the channels that one sees in a new order: `id` of each, and `category_id` where it shall be in another.

    Raises `Refusal` unless it names each once, and `Forbidden` without MANAGE_CHANNELS or where a move is not allowed.
    """
    server = lock_server(server.pk)
    access.require(actor, Permission.MANAGE_CHANNELS, server)
    everything = list(Channel.objects.filter(server=server).select_related("parent").listed())
    wanted = {one["id"]: one for one in channels}
    arranged = _arranged(everything, access.visible_channels(actor, server=server.pk).listed(), channels)
    before = {channel.pk: snapshot(channel) for channel in everything}
    changed = _place(arranged)
    goals = {channel.pk: wanted.get(channel.pk, {}).get("category_id", channel.parent_id) for channel in arranged}
    moved = move_channels(actor, server, arranged, goals)
    if moved:
        publish(events.access_changed(server.pk))
    news = {channel.pk for channel in (*changed, *moved)}
    publish_all(events.channel_updated(channel) for channel in arranged if channel.pk in news)
    changes = [(channel, *difference(before[channel.pk], snapshot(channel))) for channel in moved]
    record_updates(actor, server, changes)
    _record("channel_reorder", actor, server, changed)
    shown = access.visible_channels(actor, server=server.pk).listed()
    return list(shown)


@transaction.atomic
def reorder_categories(*, actor: User, server: Server, category_ids: list[uuid.UUID]) -> list[Channel]:
    """Put the categories that one sees in a new order. Raises as `reorder_channels` does."""
    server = lock_server(server.pk)
    access.require(actor, Permission.MANAGE_CHANNELS, server)
    everything = list(Channel.objects.filter(server=server).categories())
    seen = access.visible_channels(actor, server=server.pk).categories()
    changed = _place(_arranged(everything, seen, [{"id": id} for id in category_ids]))
    publish_all(events.channel_updated(category) for category in changed)
    _record("category_reorder", actor, server, changed)
    return list(access.visible_channels(actor, server=server.pk).categories())


def _arranged(everything: list[Channel], seen: Iterable[Channel], wanted: list[dict[str, Any]]) -> list[Channel]:
    """All of them, those that are seen as they are wanted. Raises `Refusal` unless those, and all, are named once."""
    ids, shown = [one["id"] for one in wanted], {channel.pk for channel in seen}
    if sorted(ids) != sorted(shown):
        raise Refusal(_("The order must name each one that you see once."))
    by_id, next_one = {channel.pk: channel for channel in everything}, iter(ids)
    return [by_id[next(next_one)] if channel.pk in shown else channel for channel in everything]


def _place(arranged: list[Channel]) -> list[Channel]:
    """Number them from zero, and return those that have another place now."""
    changed = [channel for place, channel in enumerate(arranged) if channel.position != place]
    for place, channel in enumerate(arranged):
        channel.position = place
    Channel.objects.bulk_update(changed, ["position"])
    return changed


def _record(action: str, actor: User, server: Server, changed: Collection[Channel]) -> None:
    # How many, not which: some who read it do not see all of them.
    if changed:
        record(action, actor=actor, server=server, target=("server", server.pk), details={"count": len(changed)})
