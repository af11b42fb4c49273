"""Making, changing and deleting channels."""

from typing import Any

from django.db import transaction
from django.db.models import Max
from django.utils.translation import gettext as _

from accounts.models import User
from guilds import access, events
from guilds.models import Channel, ChannelType, Server
from guilds.permissions import Permission
from together import limits
from together.events import publish
from together.refusals import NotFound, Refusal

# A server has at most this many channels (threats.md, resource caps).
MAX_CHANNELS = 500


@transaction.atomic
def create_channel(
    *, actor: User, server: Server, name: str, type: str, topic: str | None = None, category: str | None = None
) -> Channel:
    """Add a channel at the end of a server; `category` is the name of the category to put it in, made when new."""
    access.require(actor, Permission.MANAGE_CHANNELS, server)
    limits.hit("create", actor.pk)
    _lock(server)
    if Channel.objects.filter(server=server).count() >= MAX_CHANNELS:
        raise Refusal(_("A server has at most {count} channels.").format(count=MAX_CHANNELS))
    channel = Channel.objects.create(
        server=server,
        name=name,
        type=type,
        topic=topic or None,
        parent=_category(actor, server, category),
        position=_next_position(server),
    )
    publish(events.access_changed(server.pk, told=[channel.pk]))
    publish(events.channel_created(channel))
    return _listed(channel)


@transaction.atomic
def update_channel(*, actor: User, channel: Channel, category: str | None = None, **changes: Any) -> Channel:
    """Change `name`, `topic`, `position` or `category` (its name; an empty one takes the channel out of any)."""
    access.require(actor, Permission.MANAGE_CHANNELS, channel)
    channel = _locked(channel)
    if category is not None:
        changes["parent"] = _category(actor, channel.server, category)
    if "topic" in changes:
        changes["topic"] = changes["topic"] or None
    for name, value in changes.items():
        setattr(channel, name, value)
    channel.save(update_fields=list(changes))
    if "parent" in changes:
        publish(events.access_changed(channel.server.pk))
    publish(events.channel_updated(channel))
    return _listed(channel)


@transaction.atomic
def delete_channel(*, actor: User, channel: Channel) -> None:
    """Delete a channel with everything in it."""
    access.require(actor, Permission.MANAGE_CHANNELS, channel)
    channel = _locked(channel)
    publish(events.channel_deleted(channel))
    channel.delete()
    publish(events.access_changed(channel.server.pk))


def _locked(channel: Channel) -> Channel:
    """The channel as it is now, to be changed by nobody else meanwhile. Raises `NotFound` when it is gone."""
    _lock(channel.server)
    fresh = Channel.objects.select_related("server", "parent").filter(pk=channel.pk).first()
    if fresh is None:
        raise NotFound
    return fresh


def _lock(server: Server) -> None:
    # Positions and categories of one server are decided one at a time.
    if not Server.objects.living().select_for_update(no_key=True).filter(pk=server.pk).exists():
        raise NotFound


def _category(actor: User, server: Server, name: str | None) -> Channel | None:
    if not name:
        return None
    categories = Channel.objects.filter(server=server, type=ChannelType.CATEGORY)
    # One that the actor does not see is none: what is put into it would say that it is there.
    seen = access.visible_channels(actor, server=server.pk).filter(type=ChannelType.CATEGORY, name=name)
    found = seen.order_by("position", "created_at").first()
    return found or Channel.objects.create(
        server=server, name=name, type=ChannelType.CATEGORY, position=categories.count()
    )


def _next_position(server: Server) -> int:
    channels = Channel.objects.filter(server=server).exclude(type=ChannelType.CATEGORY)
    last: int | None = channels.aggregate(last=Max("position"))["last"]
    return 0 if last is None else last + 1


def _listed(channel: Channel) -> Channel:
    channel.category = channel.parent.name if channel.parent else None
    return channel
