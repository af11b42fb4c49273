"""Pages of servers: each looks up through the door, checks a form, calls one action, and answers."""

from guilds.views.about_me import acts_on_me
from guilds.views.arrangement import arrange, order_channels
from guilds.views.audit import audit_log
from guilds.views.bans import lift_ban, list_bans
from guilds.views.channels import channel_settings, delete_channel, new_channel
from guilds.views.invites import list_invites, revoke_invite
from guilds.views.landing import invite
from guilds.views.members import end_timeout, list_members, member, member_nickname, member_roles
from guilds.views.moderation import ban, kick, time_out, transfer
from guilds.views.overrides import channel_permissions, channel_rules, why
from guilds.views.previews import preview
from guilds.views.roles import delete_role, list_roles, order_roles, role
from guilds.views.servers import join_server, leave_server, new_server, panels, server, servers
from guilds.views.settings import default_permissions, delete_server, overview

__all__ = [
    "acts_on_me",
    "arrange",
    "audit_log",
    "ban",
    "channel_permissions",
    "channel_rules",
    "channel_settings",
    "default_permissions",
    "delete_channel",
    "delete_role",
    "delete_server",
    "end_timeout",
    "invite",
    "join_server",
    "kick",
    "leave_server",
    "lift_ban",
    "list_bans",
    "list_invites",
    "list_members",
    "list_roles",
    "member",
    "member_nickname",
    "member_roles",
    "new_channel",
    "new_server",
    "order_channels",
    "order_roles",
    "overview",
    "panels",
    "preview",
    "revoke_invite",
    "role",
    "server",
    "servers",
    "time_out",
    "transfer",
    "why",
]
