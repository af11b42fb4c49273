"""What becomes known of servers, their members and their channels."""

import uuid
from typing import Any

from guilds.models import Channel, Server
from guilds.serializers import ChannelSerializer, ServerSerializer
from together import events
from together.events import Event, Payload, builder


def access_changed(server_id: uuid.UUID, *user_ids: uuid.UUID) -> Event:
    """Steers the gateway: what these people (all members if none is named) may hear in a server is worked out anew.

    Publish it before what newcomers must hear, and after what leavers must still hear.
    """
    refs = {"server": str(server_id), "users": [str(id) for id in user_ids]}
    audiences = [events.user(id) for id in user_ids] or [events.server(server_id)]
    return Event("@access_changed", tuple(audiences), refs)


def server_updated(server: Server) -> Event:
    return Event("SERVER_UPDATE", (events.server(server.pk),), {"server": str(server.pk)})


def server_deleted(server: Server) -> Event:
    return Event("SERVER_DELETE", (events.server(server.pk),), {"id": str(server.pk)})


def member_joined(server: Server, user_id: uuid.UUID) -> Event:
    return Event("MEMBER_JOIN", (events.server(server.pk),), _membership(server, user_id))


def member_left(server: Server, user_id: uuid.UUID) -> Event:
    return Event("MEMBER_LEAVE", (events.server(server.pk), events.user(user_id)), _membership(server, user_id))


def channel_created(channel: Channel) -> Event:
    return Event("CHANNEL_CREATE", (events.channel(channel.pk),), {"channel": str(channel.pk)})


def channel_updated(channel: Channel) -> Event:
    return Event("CHANNEL_UPDATE", (events.channel(channel.pk),), {"channel": str(channel.pk)})


def channel_deleted(channel: Channel) -> Event:
    refs = {"id": str(channel.pk), "server_id": str(channel.server_id)}
    return Event("CHANNEL_DELETE", (events.channel(channel.pk),), refs)


def _membership(server: Server, user_id: uuid.UUID) -> dict[str, Any]:
    return {"server_id": str(server.pk), "user_id": str(user_id)}


@builder("SERVER_UPDATE")
def _server(refs: dict[str, Any]) -> Payload | None:
    server = Server.objects.living().with_member_count().filter(pk=refs["server"]).first()
    return Payload(dict(ServerSerializer(server).data)) if server else None


@builder("CHANNEL_CREATE", "CHANNEL_UPDATE")
def _channel(refs: dict[str, Any]) -> Payload | None:
    channel = Channel.objects.in_living_servers().listed().filter(pk=refs["channel"]).first()
    return Payload(dict(ChannelSerializer(channel).data)) if channel else None
