"""What people do with servers and channels: one function per intention, each asking the door itself."""

from guilds.actions.channels import create_channel, delete_channel, update_channel
from guilds.actions.servers import create_server, delete_server, join_server, leave_server, update_server

__all__ = [
    "create_channel",
    "create_server",
    "delete_channel",
    "delete_server",
    "join_server",
    "leave_server",
    "update_channel",
    "update_server",
]
