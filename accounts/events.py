"""What becomes known of people and their sign-ins."""

import uuid
from collections.abc import Iterable
from typing import Any

from accounts.models import User
from accounts.presence import with_presence
from accounts.serializers import PresenceSerializer, SelfSerializer
from together import events
from together.events import Event, Payload, builder
from together.rest.serializers import show


def sessions_ended(session_ids: Iterable[uuid.UUID]) -> Event:
    """Steers the gateway: the sockets of these sign-ins close at once."""
    ids = [str(id) for id in session_ids]
    return Event("@sessions_ended", tuple(events.session(uuid.UUID(id)) for id in ids), {"sessions": ids})


def user_updated(user_id: uuid.UUID) -> Event:
    """To all devices of one person: what they chose to show of themself."""
    return Event("USER_UPDATE", (events.user(user_id),), {"user": str(user_id)})


def presence_updated(user_id: uuid.UUID, server_ids: Iterable[uuid.UUID]) -> Event:
    """To the members of those servers and to the person: what others see of their presence."""
    audiences = (events.user(user_id), *(events.server(id) for id in server_ids))
    return Event("PRESENCE_UPDATE", audiences, {"user": str(user_id)})


# Both are built when they are told: of two changes at once, the one told last tells how it is.


@builder("USER_UPDATE")
def _self(refs: dict[str, Any]) -> Payload | None:
    user = User.objects.filter(pk=refs["user"]).first()
    return Payload(show(SelfSerializer, user)) if user else None


@builder("PRESENCE_UPDATE")
def _presence(refs: dict[str, Any]) -> Payload | None:
    user = with_presence(User.objects.filter(pk=refs["user"])).first()
    return Payload(show(PresenceSerializer, user)) if user else None
