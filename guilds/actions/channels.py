"""Making, changing and deleting channels."""

import uuid
from collections.abc import Iterable
from typing import Any

from django.db import transaction
from django.db.models import Max

from accounts.models import User
from guilds import access, events
from guilds.actions.categories import record_category, require_room
from guilds.actions.common import Fields, difference, lock_place, server_of
from guilds.actions.locks import lock_server
from guilds.actions.placement import (
    apply_rules,
    category_by_id,
    category_by_name,
    name_of_category,
    require_sense,
    wanted_category,
)
from guilds.models import Channel, ChannelType, Override, Server
from guilds.permissions import Permission, Rules
from guilds.rules import with_defaults
from together import limits
from together.audit import record, record_all
from together.events import publish

# The column holds no more; channels may share a position.
LAST_POSITION = 2_147_483_647
_FIELDS = ("name", "topic", "position", "inherits", "default_allow", "default_deny", "slow_mode")
P = Permission


@transaction.atomic
def create_channel(
    *,
    actor: User,
    server: Server,
    name: str,
    type: str,
    topic: str | None = None,
    category: str | None = None,
    category_id: uuid.UUID | None = None,
    inherits: bool | None = None,
    default_allow: int = 0,
    default_deny: int = 0,
    slow_mode: int = 0,
) -> Channel:
    """Add a channel at the end of a server.

    `category` is the name of the category to put it in, made when new; `category_id` says which instead. It inherits
    the rules of its category unless it is given some, and who makes it sees it. Raises `Forbidden` without
    MANAGE_CHANNELS in the server and the category, and for flags in its rules that the actor lacks.
    """
    server = lock_server(server.pk)
    access.require(actor, P.MANAGE_CHANNELS, server)
    limits.hit("create", actor.pk)
    rules = with_defaults(Rules(), int(default_allow), int(default_deny))
    ruled = rules != Rules()
    access.require_grantable(actor, rules.default_allow | rules.default_deny, server)
    parent, is_new = category_by_name(actor, server, "" if category_id else category)
    parent = category_by_id(actor, server, category_id) if category_id else parent
    inherits = parent is not None and not ruled if inherits is None else inherits
    require_sense(inherits, parent, ruled)
    require_room(server)
    channel = Channel.objects.create(
        server=server,
        name=name,
        type=type,
        topic=topic or None,
        parent=parent,
        position=_next_position(server),
        inherits=inherits,
        default_allow=rules.default_allow,
        default_deny=rules.default_deny,
        slow_mode=slow_mode,
    )
    if not access.can(actor, P.VIEW_CHANNEL, channel):
        Override.objects.create(channel=channel, user=actor, allow=int(P.VIEW_CHANNEL))
    publish(events.access_changed(server.pk, told=[channel.pk]))
    if parent and is_new:
        publish(events.channel_created(parent))
    publish(events.channel_created(channel))
    if parent and is_new:
        record_category(actor, parent)
    _record("channel_create", actor, channel, {"name": name, "type": type}, after=snapshot(channel))
    return _listed(channel)


@transaction.atomic
def update_channel(*, actor: User, channel: Channel, **changes: Any) -> Channel:
    """Change `name`, `topic`, `position`, `slow_mode`, the category, or what it says of everyone.

    `category` is a name (an empty one takes it out of any), `category_id` an id or None. `default_allow` and
    `default_deny` give it rules of its own, as does `inherits=False`; with `inherits=True` its own rules go. Raises
    `Forbidden` without MANAGE_CHANNELS there and in the new category, and for rules that the actor may not change.
    """
    channel = lock_place(channel)
    access.require(actor, P.MANAGE_CHANNELS, channel)
    before = snapshot(channel)
    parent, is_new = wanted_category(actor, channel, changes)
    moved = parent != channel.parent
    tells = apply_rules(actor, channel, parent, changes)
    channel.parent = parent
    for name in changes.keys() & {"name", "topic", "position", "slow_mode"}:
        setattr(channel, name, changes[name])
    channel.topic = channel.topic or None
    was, now = difference(before, snapshot(channel))
    if not now:
        return _listed(channel)
    channel.save(update_fields=["parent", *_FIELDS])
    if moved or tells:
        publish(events.access_changed(server_of(channel).pk))
    if parent and is_new:
        publish(events.channel_created(parent))
    publish(events.channel_updated(channel))
    if parent and is_new:
        record_category(actor, parent)
    record_updates(actor, server_of(channel), [(channel, was, now)])
    return _listed(channel)


@transaction.atomic
def delete_channel(*, actor: User, channel: Channel) -> None:
    """Delete a channel with everything in it."""
    channel = lock_place(channel)
    access.require(actor, P.MANAGE_CHANNELS, channel)
    before = snapshot(channel)
    gone = Channel(pk=channel.pk, server=channel.server, name=channel.name)
    publish(events.channel_deleted(channel))
    channel.delete()
    publish(events.access_changed(server_of(gone).pk))
    _record("channel_delete", actor, gone, {"name": gone.name}, before=before)


def record_updates(actor: User, server: Server, changes: Iterable[tuple[Channel, Fields, Fields]]) -> None:
    """Write down that somebody changed channels: of each, what was before and after."""
    acts = [
        {
            "target": ("channel", channel.pk),
            "channel_id": channel.pk,
            "details": {
                "name": channel.name,
                "topic": channel.topic,
                "category": name_of_category(channel),
                "category_id": str(channel.parent_id) if channel.parent_id else None,
                "position": channel.position,
            },
            "before": was,
            "after": now,
        }
        for channel, was, now in changes
    ]
    record_all("channel_update", acts, actor=actor, server=server)


def snapshot(channel: Channel) -> Fields:
    """What is written down of a channel before and after a change."""
    fields = {name: getattr(channel, name) for name in _FIELDS}
    return fields | {"category_id": str(channel.parent_id) if channel.parent_id else None}


def _next_position(server: Server) -> int:
    channels = Channel.objects.filter(server=server).exclude(type=ChannelType.CATEGORY)
    last: int | None = channels.aggregate(last=Max("position"))["last"]
    return 0 if last is None else min(last + 1, LAST_POSITION)


def _listed(channel: Channel) -> Channel:
    channel.category = name_of_category(channel)
    return channel


def _record(
    action: str,
    actor: User,
    channel: Channel,
    details: Fields,
    *,
    before: Fields | None = None,
    after: Fields | None = None,
) -> None:
    record(
        action,
        actor=actor,
        server=channel.server,
        target=("channel", channel.pk),
        channel_id=channel.pk,
        details=details,
        before=before,
        after=after,
    )
