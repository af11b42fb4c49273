"""What happens in voice channels."""

from typing import Any

from accounts.models import User
from guilds.models import Server
from together.events import publish
from voice import events
from voice.models import VoiceState


def disconnect(*, server: Server, user: User, **_signal: Any) -> None:
    """Take somebody who left a server, or is timed out there, out of its voice channels. Runs in that transaction."""
    # In another server's channel they stay.
    states = VoiceState.objects.select_related("user").select_for_update(of=("self",))
    state = states.filter(user=user, channel__server=server).first()
    if state:
        publish(events.left(state))
        state.delete()
