"""What the resolver needs to know of one person in one channel: the question of every request, in one statement.

`guilds.standings` answers it for many; what both say is resolved alike.
"""

import uuid
from typing import NamedTuple

from django.db import DEFAULT_DB_ALIAS

from guilds.models import Channel, ChannelType
from guilds.permissions import NONE, Overrule, Permission, Rules, Standing, resolve
from together.database.trip import Rows, trip

# A row for each role that they hold. The ORM would take ten times as long to write it as PostgreSQL to answer.
# In two halves, because PostgreSQL would think twice as long about all joins together.
_GLANCE = """
WITH here AS MATERIALIZED (
    SELECT channel.*, server.owner_id, server.default_permissions, member.id AS member_id, member.user_id,
           source.id AS source_id, source.default_allow AS source_allow, source.default_deny AS source_deny
    FROM channels AS channel
    JOIN channels AS source ON source.id = CASE WHEN channel.inherits THEN channel.parent_id ELSE channel.id END
    JOIN servers AS server ON server.id = channel.server_id AND server.deleted_at IS NULL
    JOIN server_members AS member ON member.server_id = server.id AND member.user_id = %(user)s
    WHERE channel.id = %(channel)s
)
SELECT here.server_id, here.owner_id, here.default_permissions,
       EXISTS (SELECT FROM timeouts AS late
               WHERE late.server_id = here.server_id AND late.user_id = here.user_id
                 AND late.expires_at > statement_timestamp()),
       here.inherits, here.source_allow, here.source_deny, own.allow, own.deny,
       role.id, role.permissions, role.position, said.allow, said.deny {more}
FROM here
LEFT JOIN channel_permission_overrides AS own ON own.channel_id = here.source_id AND own.user_id = here.user_id
LEFT JOIN member_roles AS held ON held.member_id = here.member_id
LEFT JOIN roles AS role ON role.id = held.role_id
LEFT JOIN channel_permission_overrides AS said ON said.channel_id = here.source_id AND said.role_id = role.id
"""
_FACTS = 14
# Locked in the order in which everybody takes them. What is asked afterwards is true until the transaction ends.
_HOLD = """
SELECT FROM server_members AS member JOIN channels AS channel ON channel.server_id = member.server_id
WHERE channel.id = %(channel)s AND member.user_id = %(user)s FOR NO KEY UPDATE OF member
"""
_TURN = "SELECT FROM channels WHERE id = %(channel)s FOR NO KEY UPDATE"
_OF_CHANNEL = [field.attname for field in Channel._meta.concrete_fields]
_FLAGS = _GLANCE.format(more="")
_CHANNEL = _GLANCE.format(more="".join(f", here.{name}" for name in _OF_CHANNEL))


class Glance(NamedTuple):
    """A channel, no category, that somebody sees, and all that they hold there."""

    channel: Channel
    flags: Permission


def flags_at_a_glance(user_id: uuid.UUID, channel_id: uuid.UUID) -> Permission:
    """All that a person holds in a channel that is no category; nothing where they do not see it."""
    (rows,) = trip(_FLAGS, values={"user": user_id, "channel": channel_id})
    return _flags(user_id, rows)


def channel_at_a_glance(user_id: uuid.UUID, channel_id: uuid.UUID) -> Glance | None:
    """A channel that person sees; None for any other."""
    (rows,) = trip(_CHANNEL, values={"user": user_id, "channel": channel_id})
    return _glance(user_id, rows)


def channel_in_turn(user_id: uuid.UUID, channel_id: uuid.UUID) -> Glance | None:
    """The same once their membership and the channel are locked, in the caller's transaction."""
    *_locks, rows = trip(_HOLD, _TURN, _CHANNEL, values={"user": user_id, "channel": channel_id})
    return _glance(user_id, rows)


def _glance(user_id: uuid.UUID, rows: Rows) -> Glance | None:
    flags = _flags(user_id, rows)
    if not flags:
        return None
    channel = Channel.from_db(DEFAULT_DB_ALIAS, _OF_CHANNEL, rows[0][_FACTS:])
    return None if channel.type == ChannelType.CATEGORY else Glance(channel, flags)


def _flags(user_id: uuid.UUID, rows: Rows) -> Permission:
    if not rows:
        return NONE
    server_id, owner_id, default, timed_out, inherits, allowed, denied, own_allow, own_deny = rows[0][:9]
    # Of who holds no role there is one row, without one.
    held = [row[9:_FACTS] for row in rows if row[9] is not None]
    roles = {role_id: granted for role_id, granted, *_ in held}
    of_roles = {role_id: Overrule(allow, deny) for role_id, *_, allow, deny in held if allow is not None}
    of_users = {} if own_allow is None else {user_id: Overrule(own_allow, own_deny)}
    highest = max((position for _role, _granted, position, *_ in held), default=0)
    who = Standing(user_id, server_id, user_id == owner_id, default, roles, timed_out, highest)
    rules = Rules(allowed, denied, of_roles, of_users, inherits)
    return Permission(resolve(who, rules))
