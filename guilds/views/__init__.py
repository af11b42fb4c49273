"""Pages of servers: each looks up through the door, checks a form, calls one action, and answers."""

from guilds.views.arrangement import arrange, order_channels
from guilds.views.audit import audit_log
from guilds.views.bans import bans, lift_ban
from guilds.views.channels import channel_settings, delete_channel, new_channel
from guilds.views.invites import invites, revoke_invite
from guilds.views.landing import invite
from guilds.views.members import end_timeout, member, member_nickname, member_roles, members
from guilds.views.moderation import ban, kick, time_out, transfer
from guilds.views.overrides import channel_permissions, channel_rules, why
from guilds.views.previews import preview
from guilds.views.roles import delete_role, order_roles, role, roles
from guilds.views.servers import join_server, leave_server, new_server, panels, server, servers
from guilds.views.settings import default_permissions, delete_server, settings

__all__ = [
    "arrange",
    "audit_log",
    "ban",
    "bans",
    "channel_permissions",
    "channel_rules",
    "channel_settings",
    "default_permissions",
    "delete_channel",
    "delete_role",
    "delete_server",
    "end_timeout",
    "invite",
    "invites",
    "join_server",
    "kick",
    "leave_server",
    "lift_ban",
    "member",
    "member_nickname",
    "member_roles",
    "members",
    "new_channel",
    "new_server",
    "order_channels",
    "order_roles",
    "panels",
    "preview",
    "revoke_invite",
    "role",
    "roles",
    "server",
    "servers",
    "settings",
    "time_out",
    "transfer",
    "why",
]
