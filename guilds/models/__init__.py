"""Servers, who is in them, what they are made of, and what is allowed where."""

from guilds.models.channel import CONVERSATIONS, Channel, ChannelQuerySet, ChannelType
from guilds.models.invite import Invite, InviteQuerySet
from guilds.models.member import Member, MemberQuerySet
from guilds.models.moderation import MAX_REASON, Ban, Timeout
from guilds.models.role import MemberRole, Override, Role, RoleQuerySet
from guilds.models.server import Server, ServerQuerySet

__all__ = [
    "CONVERSATIONS",
    "MAX_REASON",
    "Ban",
    "Channel",
    "ChannelQuerySet",
    "ChannelType",
    "Invite",
    "InviteQuerySet",
    "Member",
    "MemberQuerySet",
    "MemberRole",
    "Override",
    "Role",
    "RoleQuerySet",
    "Server",
    "ServerQuerySet",
    "Timeout",
]
