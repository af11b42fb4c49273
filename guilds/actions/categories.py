"""Making, changing and deleting categories."""

from typing import Any

from django.db import transaction
from django.db.models import Max
from django.utils.translation import gettext as _

from accounts.models import User
from guilds import access, events
from guilds.actions.common import Fields, difference, lock_place, server_of
from guilds.actions.locks import lock_server
from guilds.models import Channel, ChannelType, Server
from guilds.permissions import Permission
from guilds.places import rules_of
from guilds.rules import same, take_own, with_defaults
from together import limits
from together.audit import record
from together.events import publish, publish_all
from together.refusals import Refusal

# A server has at most this many channels and categories together (threats.md, resource caps).
MAX_CHANNELS = 500
_FIELDS = ("name", "default_allow", "default_deny")


@transaction.atomic
def create_category(*, actor: User, server: Server, name: str) -> Channel:
    """Add a category after the others. Raises `Forbidden` without MANAGE_CHANNELS."""
    server = lock_server(server.pk)
    access.require(actor, Permission.MANAGE_CHANNELS, server)
    limits.hit("create", actor.pk)
    category = make_category(server, name)
    publish(events.access_changed(server.pk))
    publish(events.channel_created(category))
    record_category(actor, category)
    return category


@transaction.atomic
def update_category(*, actor: User, category: Channel, **changes: Any) -> Channel:
    """Change `name`, `default_allow` or `default_deny`, which count in every channel of it that inherits.

    Raises `Forbidden` without MANAGE_CHANNELS there, and for changed flags that the actor lacks there.
    """
    category = lock_place(category)
    access.require(actor, Permission.MANAGE_CHANNELS, category)
    before, rules = _snapshot(category), rules_of(category)
    for field, value in changes.items():
        setattr(category, field, value)
    was, now = difference(before, _snapshot(category))
    if not now:
        return category
    ruled = with_defaults(rules, category.default_allow, category.default_deny)
    access.require_may_rule(actor, category, rules, ruled)
    category.save(update_fields=list(now))
    if not same(rules, ruled):
        publish(events.access_changed(server_of(category).pk))
    publish(events.channel_updated(category))
    if "name" in now:
        # It is in the shape of its channels.
        publish_all(
            events.channel_updated(channel) for channel in category.children.in_order().select_related("parent")
        )
    record(
        "category_update",
        actor=actor,
        server=category.server,
        target=("channel", category.pk),
        channel_id=category.pk,
        details={"name": category.name},
        before=was,
        after=now,
    )
    return category


@transaction.atomic
def delete_category(*, actor: User, category: Channel) -> None:
    """Delete a category. Its channels stay, in none, with a copy of its rules where they inherited them."""
    category = lock_place(category)
    access.require(actor, Permission.MANAGE_CHANNELS, category)
    server, gone, before = server_of(category), category.pk, _snapshot(category)
    channels = list(category.children.in_order().select_related("parent"))
    for channel in channels:
        take_own(channel)
    category.children.update(parent=None)
    for channel in channels:
        channel.parent = None
    publish(events.channel_deleted(category))
    category.delete()
    publish(events.access_changed(server.pk))
    publish_all(events.channel_updated(channel) for channel in channels)
    record(
        "category_delete",
        actor=actor,
        server=server,
        target=("channel", gone),
        channel_id=gone,
        details={"name": before["name"]},
        before=before,
    )


def make_category(server: Server, name: str) -> Channel:
    """A new category after the others, in a server whose row the caller has locked. Who makes it tells of it."""
    require_room(server)
    categories = Channel.objects.filter(server=server, type=ChannelType.CATEGORY)
    last: int | None = categories.aggregate(last=Max("position"))["last"]
    position = 0 if last is None else last + 1
    return Channel.objects.create(server=server, name=name, type=ChannelType.CATEGORY, position=position)


def record_category(actor: User, category: Channel) -> None:
    """Write down that somebody made a category."""
    record(
        "category_create",
        actor=actor,
        server=category.server,
        target=("channel", category.pk),
        channel_id=category.pk,
        details={"name": category.name},
    )


def require_room(server: Server) -> None:
    """Raise `Refusal` when a server is full of channels."""
    if Channel.objects.filter(server=server).count() >= MAX_CHANNELS:
        raise Refusal(_("A server has at most {count} channels.").format(count=MAX_CHANNELS))


def _snapshot(category: Channel) -> Fields:
    return {name: getattr(category, name) for name in _FIELDS}
