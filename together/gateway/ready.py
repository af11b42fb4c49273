"""The first frame of every socket: what a client needs to know to begin with (protocol, gateway, 10.8)."""

import uuid
from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from typing import Any

from rest_framework.serializers import BaseSerializer

from accounts.models import User
from accounts.serializers import SelfSerializer
from chat.read_states import unread
from guilds import access
from guilds.models import Channel, Role
from guilds.rules import overrides_shown
from guilds.serializers import (
    CategorySerializer,
    ChannelSerializer,
    OverrideSerializer,
    RoleSerializer,
    ServerSerializer,
)
from together.events.bus import Frame
from together.rest.serializers import show

Seen = Mapping[uuid.UUID, Collection[uuid.UUID]]


def ready(user: User, seen: Seen) -> dict[str, Any]:
    """The payload of READY for a person who sees those channels, by server; nothing of any other is in it."""
    servers = access.visible_servers(user).with_member_count().order_by("created_at", "id")
    news = unread(user.pk, set().union(*seen.values()))
    return {
        "user": show(SelfSerializer, user),
        "servers": [show(ServerSerializer, one) for one in servers],
        "dm_channels": [],
        "unread_counts": [{"channel_id": str(id), "unread_count": one.messages} for id, one in news.items()],
        "mention_counts": [{"channel_id": str(id), "count": one.mentions} for id, one in news.items() if one.mentions],
        "server_roles": _roles(seen),
        "channel_overrides": _overrides(seen),
    }


def channel_lists(seen: Seen) -> list[Frame]:
    """For each of these servers all that is seen there: for who was away while that changed."""
    if not seen:
        return []
    places = Channel.objects.filter(pk__in=set().union(*seen.values()))
    categories, channels = (
        _by_server(CategorySerializer, places.categories()),
        _by_server(ChannelSerializer, places.listed()),
    )
    return [
        Frame("CHANNEL_LIST_SYNC", [], {"server_id": id, "channels": channels[id], "categories": categories[id]})
        for id in map(str, seen)
    ]


def _by_server(shape: type[BaseSerializer[Any]], places: Iterable[Channel]) -> defaultdict[str, list[dict[str, Any]]]:
    grouped: defaultdict[str, list[dict[str, Any]]] = defaultdict(list)
    for place in places:
        grouped[str(place.server_id)].append(show(shape, place))
    return grouped


def _roles(seen: Seen) -> dict[str, list[dict[str, Any]]]:
    grouped: defaultdict[str, list[dict[str, Any]]] = defaultdict(list)
    for role in Role.objects.filter(server__in=seen).in_order():
        grouped[str(role.server_id)].append(show(RoleSerializer, role))
    return dict(grouped)


def _overrides(seen: Seen) -> dict[str, list[dict[str, Any]]]:
    channels: set[uuid.UUID] = set().union(*seen.values())
    return {
        str(channel_id): [show(OverrideSerializer, one) for one in overrides]
        for channel_id, overrides in overrides_shown(channels).items()
    }
