"""Servers, who is in them, what they are made of, and what is allowed where."""

from guilds.models.channel import CONVERSATIONS, Channel, ChannelQuerySet, ChannelType
from guilds.models.member import Member, MemberQuerySet
from guilds.models.role import MemberRole, Override, Role
from guilds.models.server import Server, ServerQuerySet

__all__ = [
    "CONVERSATIONS",
    "Channel",
    "ChannelQuerySet",
    "ChannelType",
    "Member",
    "MemberQuerySet",
    "MemberRole",
    "Override",
    "Role",
    "Server",
    "ServerQuerySet",
]
