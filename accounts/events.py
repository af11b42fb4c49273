"""What becomes known of people and their sign-ins."""

import uuid
from collections.abc import Iterable

from together import events
from together.events import Event


def sessions_ended(session_ids: Iterable[uuid.UUID]) -> Event:
    """Steers the gateway: the sockets of these sign-ins close at once."""
    ids = [str(id) for id in session_ids]
    return Event("@sessions_ended", tuple(events.session(uuid.UUID(id)) for id in ids), {"sessions": ids})
