"""What people do with servers and channels: one function per intention, each asking the door itself."""

from guilds.actions.categories import create_category, delete_category, update_category
from guilds.actions.channels import create_channel, delete_channel, update_channel
from guilds.actions.invites import accept_invite, create_invite, revoke_any_invite, revoke_invite
from guilds.actions.locks import lock_server
from guilds.actions.member_roles import give_role, take_role
from guilds.actions.members import change_nickname, kick_member, leave_server
from guilds.actions.moderation import ban_user, end_timeout, time_out, unban_user
from guilds.actions.order import reorder_categories, reorder_channels
from guilds.actions.overrides import remove_override, set_override
from guilds.actions.roles import create_role, delete_role, reorder_roles, update_role
from guilds.actions.servers import create_server, delete_server, join_server, transfer_server, update_server

__all__ = [
    "accept_invite",
    "ban_user",
    "change_nickname",
    "create_category",
    "create_channel",
    "create_invite",
    "create_role",
    "create_server",
    "delete_category",
    "delete_channel",
    "delete_role",
    "delete_server",
    "end_timeout",
    "give_role",
    "join_server",
    "kick_member",
    "leave_server",
    "lock_server",
    "remove_override",
    "reorder_categories",
    "reorder_channels",
    "reorder_roles",
    "revoke_any_invite",
    "revoke_invite",
    "set_override",
    "take_role",
    "time_out",
    "transfer_server",
    "unban_user",
    "update_category",
    "update_channel",
    "update_role",
    "update_server",
]
