"""The one JSON shape of each thing in a server, and what may be sent of it."""

from guilds.serializers.channels import (
    CategoryCreate,
    CategoryOrder,
    CategorySerializer,
    CategoryUpdate,
    ChannelCreate,
    ChannelOrder,
    ChannelSerializer,
    ChannelUpdate,
)
from guilds.serializers.invites import AcceptedSerializer, InviteCreate, InvitePreviewSerializer, InviteSerializer
from guilds.serializers.members import MemberPage, MemberRoleSerializer, MemberSerializer, MemberUpdate
from guilds.serializers.moderation import BanCreate, BanSerializer, Kick, TimeoutCreate, TimeoutSerializer, Transfer
from guilds.serializers.permissions import ExplanationSerializer
from guilds.serializers.roles import (
    OverrideSerializer,
    OverrideSet,
    RoleCreate,
    RoleOrder,
    RoleSerializer,
    RoleUpdate,
)
from guilds.serializers.servers import Browse, ServerCreate, ServerSerializer, ServerUpdate
from guilds.serializers.templates import TemplateSerializer

__all__ = [
    "AcceptedSerializer",
    "BanCreate",
    "BanSerializer",
    "Browse",
    "CategoryCreate",
    "CategoryOrder",
    "CategorySerializer",
    "CategoryUpdate",
    "ChannelCreate",
    "ChannelOrder",
    "ChannelSerializer",
    "ChannelUpdate",
    "ExplanationSerializer",
    "InviteCreate",
    "InvitePreviewSerializer",
    "InviteSerializer",
    "Kick",
    "MemberPage",
    "MemberRoleSerializer",
    "MemberSerializer",
    "MemberUpdate",
    "OverrideSerializer",
    "OverrideSet",
    "RoleCreate",
    "RoleOrder",
    "RoleSerializer",
    "RoleUpdate",
    "ServerCreate",
    "ServerSerializer",
    "ServerUpdate",
    "TemplateSerializer",
    "TimeoutCreate",
    "TimeoutSerializer",
    "Transfer",
]
