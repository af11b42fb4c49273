"""Servers and what they are made of, over REST."""

from guilds.api.audit import AuditViewSet
from guilds.api.categories import CategoryViewSet
from guilds.api.channels import ChannelViewSet
from guilds.api.invites import InviteViewSet
from guilds.api.members import MemberViewSet
from guilds.api.moderation import ModerationViewSet
from guilds.api.overrides import OverrideViewSet
from guilds.api.permissions import PermissionViewSet
from guilds.api.roles import RoleViewSet
from guilds.api.servers import ServerViewSet
from guilds.api.templates import TemplateViewSet

__all__ = [
    "AuditViewSet",
    "CategoryViewSet",
    "ChannelViewSet",
    "InviteViewSet",
    "MemberViewSet",
    "ModerationViewSet",
    "OverrideViewSet",
    "PermissionViewSet",
    "RoleViewSet",
    "ServerViewSet",
    "TemplateViewSet",
]
