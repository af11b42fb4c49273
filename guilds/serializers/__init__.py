"""The one JSON shape of each thing in a server, and what may be sent of it."""

from guilds.serializers.channels import CategorySerializer, ChannelCreate, ChannelSerializer, ChannelUpdate
from guilds.serializers.invites import InviteSerializer
from guilds.serializers.members import MemberRoleSerializer, MemberSerializer
from guilds.serializers.roles import OverrideSerializer, RoleSerializer
from guilds.serializers.servers import ServerCreate, ServerSerializer, ServerUpdate

__all__ = [
    "CategorySerializer",
    "ChannelCreate",
    "ChannelSerializer",
    "ChannelUpdate",
    "InviteSerializer",
    "MemberRoleSerializer",
    "MemberSerializer",
    "OverrideSerializer",
    "RoleSerializer",
    "ServerCreate",
    "ServerSerializer",
    "ServerUpdate",
]
