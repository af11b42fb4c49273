"""What becomes known of servers, their members, roles, channels and invites."""

import hashlib
import json
import uuid
from collections.abc import Iterable
from functools import cache
from typing import Any

from guilds.models import Channel, ChannelType, Invite, Member, Override, Role, Server, Timeout
from guilds.serializers import (
    CategorySerializer,
    ChannelSerializer,
    InviteSerializer,
    OverrideSerializer,
    RoleSerializer,
    ServerSerializer,
)
from together import events
from together.events import Event, Payload, builder
from together.rest.serializers import show


def access_changed(server_id: uuid.UUID, *user_ids: uuid.UUID, told: Iterable[uuid.UUID] = ()) -> Event:
    """Steers the gateway: what these people (all members if none is named) may hear in a server is worked out anew.

    Who gains or loses a channel by it is told so, unless that channel is among those `told` of by an event of their
    own. Publish it before what newcomers must hear, and after what leavers must still hear.
    """
    refs = {"server": str(server_id), "users": [str(id) for id in user_ids], "told": [str(id) for id in told]}
    audiences = [events.user(id) for id in user_ids] or [events.server(server_id)]
    return Event("@access_changed", tuple(audiences), refs)


# -- servers and members -----------------------------------------------------------------------------------


def server_updated(server: Server) -> Event:
    return Event("SERVER_UPDATE", (events.server(server.pk),), {"server": str(server.pk)})


def server_deleted(server: Server) -> Event:
    return Event("SERVER_DELETE", (events.server(server.pk),), {"id": str(server.pk)})


def member_joined(server: Server, user_id: uuid.UUID) -> Event:
    return Event("MEMBER_JOIN", (events.server(server.pk),), _membership(server, user_id))


def member_left(server: Server, user_id: uuid.UUID) -> Event:
    return Event("MEMBER_LEAVE", (events.server(server.pk), events.user(user_id)), _membership(server, user_id))


def member_updated(member: Member) -> Event:
    refs = {"server_id": str(member.server_id), "user_id": str(member.user_id), "nickname": member.nickname}
    return Event("MEMBER_UPDATE", (events.server(member.server_id),), refs)


def member_kicked(server: Server, user_id: uuid.UUID, reason: str | None) -> Event:
    refs = {**_membership(server, user_id), "reason": reason}
    return Event("MEMBER_KICK", (events.server(server.pk), events.user(user_id)), refs)


def member_banned(server: Server, user_id: uuid.UUID, reason: str | None, *, was_member: bool) -> Event:
    """A stranger is not told that a server which they never saw does not want them."""
    refs = {**_membership(server, user_id), "reason": reason}
    them = (events.user(user_id),) if was_member else ()
    return Event("MEMBER_BAN", (events.server(server.pk), *them), refs)


def member_unbanned(server: Server, user_id: uuid.UUID) -> Event:
    return Event("MEMBER_UNBAN", (events.server(server.pk),), _membership(server, user_id))


def member_timed_out(timeout: Timeout) -> Event:
    refs = {
        **_membership(timeout.server, timeout.user_id),
        "expires_at": timeout.expires_at.isoformat().replace("+00:00", "Z"),
        "reason": timeout.reason,
    }
    return Event("MEMBER_TIMEOUT", (events.server(timeout.server_id),), refs)


def member_timeout_removed(server: Server, user_id: uuid.UUID) -> Event:
    return Event("MEMBER_TIMEOUT_REMOVE", (events.server(server.pk),), _membership(server, user_id))


# -- roles -------------------------------------------------------------------------------------------------


def role_created(role: Role) -> Event:
    return Event("ROLE_CREATE", (events.server(role.server_id),), {"role": str(role.pk)})


def role_updated(role: Role) -> Event:
    return Event("ROLE_UPDATE", (events.server(role.server_id),), {"role": str(role.pk)})


def role_deleted(role: Role) -> Event:
    refs = {"server_id": str(role.server_id), "role_id": str(role.pk)}
    return Event("ROLE_DELETE", (events.server(role.server_id),), refs)


def member_role_added(role: Role, user_id: uuid.UUID) -> Event:
    return Event("MEMBER_ROLE_ADD", (events.server(role.server_id),), _held(role, user_id))


def member_role_removed(role: Role, user_id: uuid.UUID) -> Event:
    return Event("MEMBER_ROLE_REMOVE", (events.server(role.server_id),), _held(role, user_id))


# -- channels, categories and their overrides --------------------------------------------------------------


def channel_created(channel: Channel) -> Event:
    return _as_of_now(_kind(channel, "CREATE"), channel.pk, "channel", channel.pk, _shape(channel))


def channel_updated(channel: Channel) -> Event:
    return _as_of_now(_kind(channel, "UPDATE"), channel.pk, "channel", channel.pk, _shape(channel))


def channel_deleted(channel: Channel) -> Event:
    refs = {"id": str(channel.pk), "server_id": str(channel.server_id)}
    return Event(_kind(channel, "DELETE"), (events.channel(channel.pk),), refs)


def override_updated(override: Override) -> Event:
    told = show(OverrideSerializer, override)
    return _as_of_now("CHANNEL_OVERRIDE_UPDATE", override.channel_id, "override", override.pk, told)


def override_deleted(override: Override) -> Event:
    refs = {"channel_id": str(override.channel_id), "override_id": str(override.pk)}
    return Event("CHANNEL_OVERRIDE_DELETE", (events.channel(override.channel_id),), refs)


# -- invites -----------------------------------------------------------------------------------------------


def invite_created(invite: Invite, to: Iterable[uuid.UUID]) -> Event:
    """To those who may see invites: a code is a key."""
    return Event("INVITE_CREATE", tuple(events.user(id) for id in to), {"invite": str(invite.pk)})


def invite_deleted(invite: Invite, to: Iterable[uuid.UUID]) -> Event:
    refs = {"server_id": str(invite.server_id), "invite_id": str(invite.pk)}
    return Event("INVITE_DELETE", tuple(events.user(id) for id in to), refs)


def _membership(server: Server, user_id: uuid.UUID) -> dict[str, Any]:
    return {"server_id": str(server.pk), "user_id": str(user_id)}


def _held(role: Role, user_id: uuid.UUID) -> dict[str, Any]:
    return {
        "server_id": str(role.server_id),
        "user_id": str(user_id),
        "role_id": str(role.pk),
        "role_name": role.name,
        "role_color": role.color,
    }


def _as_of_now(name: str, channel_id: uuid.UUID, kind: str, id: uuid.UUID, told: dict[str, Any]) -> Event:
    """What the people who see a channel at this moment may know: as it is now, not as it is when they are told.

    Else two quick changes, the second of which hides the channel, would tell of the second to those of the first.
    """
    refs = {kind: str(id), "as_of": _digest(told)}
    return Event(name, (events.channel(channel_id),), refs, lambda: Payload(told))


def _unless_changed(refs: dict[str, Any], told: dict[str, Any]) -> Payload | None:
    """Built again: of what has changed since, an event of its own tells those who may know."""
    return Payload(told) if refs.get("as_of") == _digest(told) else None


def _digest(told: dict[str, Any]) -> str:
    # The name of its category is no fact of a channel's own.
    facts = {name: value for name, value in told.items() if name != "category"}
    return hashlib.sha256(json.dumps(facts, sort_keys=True, default=str).encode()).hexdigest()


def _shape(channel: Channel) -> dict[str, Any]:
    if channel.type == ChannelType.CATEGORY:
        return dict(_serializer(CategorySerializer).to_representation(channel))
    channel.category = channel.parent.name if channel.parent else None
    return dict(_serializer(ChannelSerializer).to_representation(channel))


@cache
def _serializer(kind: type[ChannelSerializer | CategorySerializer]) -> ChannelSerializer | CategorySerializer:
    # Made once: to look its fields up takes ten times as long as to use them.
    return kind()


def _kind(channel: Channel, what: str) -> str:
    return f"CATEGORY_{what}" if channel.type == ChannelType.CATEGORY else f"CHANNEL_{what}"


@builder("SERVER_UPDATE")
def _server(refs: dict[str, Any]) -> Payload | None:
    server = Server.objects.living().with_member_count().filter(pk=refs["server"]).first()
    return Payload(show(ServerSerializer, server)) if server else None


@builder("CHANNEL_CREATE", "CHANNEL_UPDATE", "CATEGORY_CREATE", "CATEGORY_UPDATE")
def _channel(refs: dict[str, Any]) -> Payload | None:
    channel = Channel.objects.in_living_servers().select_related("parent").filter(pk=refs["channel"]).first()
    return _unless_changed(refs, _shape(channel)) if channel else None


@builder("ROLE_CREATE", "ROLE_UPDATE")
def _role(refs: dict[str, Any]) -> Payload | None:
    role = Role.objects.filter(pk=refs["role"]).first()
    return Payload(show(RoleSerializer, role)) if role else None


@builder("CHANNEL_OVERRIDE_UPDATE")
def _override(refs: dict[str, Any]) -> Payload | None:
    override = Override.objects.filter(pk=refs["override"]).first()
    return _unless_changed(refs, show(OverrideSerializer, override)) if override else None


@builder("INVITE_CREATE")
def _invite(refs: dict[str, Any]) -> Payload | None:
    invite = Invite.objects.filter(pk=refs["invite"]).first()
    return Payload(show(InviteSerializer, invite)) if invite else None
