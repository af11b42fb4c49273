"""How anything that happened becomes known: `publish` an event inside the transaction that made it so.

An event goes to audiences. An audience is a short string that names who may hear: `channel:<id>` (who sees the
channel), `server:<id>` (its members), `user:<id>` (all devices of one person), `session:<id>` (one sign-in). Events
whose name begins with `@` steer the gateway itself and are never sent to a client.
"""

from together.events.announcer import drain, start, stop, wake
from together.events.ephemeral import tell
from together.events.event import Event, Payload, batch_builder, builder, channel, server, session, user
from together.events.log import last_announced, place, position
from together.events.publish import publish, publish_all

__all__ = [
    "Event",
    "Payload",
    "batch_builder",
    "builder",
    "channel",
    "drain",
    "last_announced",
    "place",
    "position",
    "publish",
    "publish_all",
    "server",
    "session",
    "start",
    "stop",
    "tell",
    "user",
    "wake",
]
