"""What becomes known of voice channels, to those who see the channel."""

from together import events
from together.events import Event
from voice.models import VoiceState


def left(state: VoiceState) -> Event:
    """`VOICE_STATE_UPDATE` without a channel: they are in none any more."""
    payload = {
        "user_id": str(state.user_id),
        "username": state.user.username,
        "channel_id": None,
        "self_mute": False,
        "self_deaf": False,
        "self_video": False,
        "self_screen": False,
        "server_mute": False,
        "server_deaf": False,
        "joined_at": None,
    }
    return Event("VOICE_STATE_UPDATE", (events.channel(state.channel_id),), payload)
