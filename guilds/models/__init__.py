"""Servers, who is in them, what they are made of, and what is allowed where."""

from guilds.models.channel import CONVERSATIONS, Channel, ChannelType
from guilds.models.member import Member
from guilds.models.role import MemberRole, Override, Role
from guilds.models.server import Server

__all__ = ["CONVERSATIONS", "Channel", "ChannelType", "Member", "MemberRole", "Override", "Role", "Server"]
