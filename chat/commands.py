"""What people may say of channels over a socket."""

import uuid

from accounts.models import User
from chat import events
from chat.access import find_channel
from guilds import access
from guilds.permissions import Permission
from together.events import tell


def start_typing(*, user_id: uuid.UUID, channel_id: uuid.UUID) -> None:
    """Let those who see a channel know that somebody writes there. Takes SEND_MESSAGES; kept nowhere."""
    user = User.objects.active().filter(pk=user_id).first()
    if user is None:
        return
    channel = find_channel(user, channel_id)
    access.require(user, Permission.SEND_MESSAGES, channel)
    tell(events.typing_started(user, channel))
