"""Getting hold of things: each is found through the person who asks, or it is `NotFound`."""

import uuid

from django.db.models import Count, OuterRef, Q, Subquery

from accounts.models import User
from guilds.access.abilities import can
from guilds.access.visibility import visible_servers
from guilds.models import Channel, ChannelType, Invite, Member, Role, Server
from guilds.permissions import Permission
from together.refusals import NotFound


def find_server(user: User, server_id: uuid.UUID) -> Server:
    """One of the person's servers; raises `NotFound` for any other."""
    server = visible_servers(user).with_member_count().filter(pk=server_id).first()
    if server is None:
        raise NotFound
    return server


def find_channel(user: User, channel_id: uuid.UUID, *, server: uuid.UUID | None = None) -> Channel:
    """A channel that the person sees, in that server if one is named; raises `NotFound` for any other.

    Categories are not channels to the wire: `find_category` finds them, and `find_place` either.
    """
    channel = find_place(user, channel_id, server=server)
    if channel.type == ChannelType.CATEGORY:
        raise NotFound
    return channel


def find_category(user: User, category_id: uuid.UUID, *, server: uuid.UUID | None = None) -> Channel:
    """A category that the person sees; raises `NotFound` for any other."""
    category = find_place(user, category_id, server=server)
    if category.type != ChannelType.CATEGORY:
        raise NotFound
    return category


def find_place(user: User, channel_id: uuid.UUID, *, server: uuid.UUID | None = None) -> Channel:
    """What can have overrides, and the person sees: a channel or a category. Raises `NotFound` for any other."""
    inside = Q(pk=channel_id) if server is None else Q(pk=channel_id, server=server)
    channel = Channel.objects.with_category().select_related("server", "parent").filter(inside).first()
    if channel is None or not can(user, Permission.VIEW_CHANNEL, channel):
        raise NotFound
    return channel


def find_role(server: Server, role_id: uuid.UUID) -> Role:
    """A role of a server that was found through the door. Raises `NotFound` for any other."""
    role = Role.objects.select_related("server").filter(server=server, pk=role_id).first()
    if role is None:
        raise NotFound
    return role


def find_member(server: Server, user_id: uuid.UUID) -> Member:
    """A member of a server that was found through the door. Raises `NotFound` for anybody else."""
    member = Member.objects.in_living_servers().select_related("user", "server").filter(server=server, user=user_id)
    found = member.first()
    if found is None:
        raise NotFound
    return found


def find_invite(server: Server, invite_id: uuid.UUID) -> Invite:
    """An invite of a server that was found through the door. Raises `NotFound` for any other."""
    invite = Invite.objects.select_related("server").filter(server=server, pk=invite_id).first()
    if invite is None:
        raise NotFound
    return invite


def find_usable_invite(code: str) -> Invite:
    """What a code invites to, with the `member_count` there: who has the code may know. Raises `NotFound`."""
    counted = Server.objects.filter(pk=OuterRef("server")).annotate(count=Count("members")).values("count")
    usable = Invite.objects.with_code(code).usable().select_related("server")
    invite = usable.annotate(member_count=Subquery(counted)).first()
    if invite is None:
        raise NotFound
    return invite
