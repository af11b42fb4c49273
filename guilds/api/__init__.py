"""Servers and what they are made of, over REST."""

from guilds.api.channels import ChannelViewSet
from guilds.api.members import MemberViewSet
from guilds.api.servers import ServerViewSet

__all__ = ["ChannelViewSet", "MemberViewSet", "ServerViewSet"]
