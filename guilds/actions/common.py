"""What every change in a server does: it takes its turn, and can say what it changed."""

from typing import Any

from guilds.actions.locks import lock_server
from guilds.models import Channel, Server
from together.refusals import NotFound

Fields = dict[str, Any]


def lock_place(channel: Channel) -> Channel:
    """A channel or category as it is now, its server locked. Raises `NotFound` when it is gone."""
    server = lock_server(server_of(channel).pk)
    fresh = Channel.objects.select_related("parent").filter(pk=channel.pk, server=server).first()
    if fresh is None:
        raise NotFound
    fresh.server = server
    return fresh


def server_of(channel: Channel) -> Server:
    """The server of a channel. Raises `NotFound` for a conversation, which has none."""
    server: Server | None = channel.server
    if server is None:
        raise NotFound
    return server


def difference(before: Fields, after: Fields) -> tuple[Fields, Fields]:
    """Those fields that are not the same, before and after."""
    names = [name for name in after if before.get(name) != after[name]]
    return {name: before.get(name) for name in names}, {name: after[name] for name in names}
