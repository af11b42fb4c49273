"""What people have read, and what is new to them since: of others, in channels that they see."""

import uuid
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from typing import Any

from django.db import connection, transaction
from django.db.models import Subquery

from accounts.models import User
from chat import events
from chat.models import Message, ReadState
from guilds.models import Channel, Member, Server
from together.database.trip import trip
from together.events import tell
from together.refusals import NotFound

# Messages that are looked at in one channel, and, as long as that leaves each its `MIN_COUNTED`, in all together:
# 20,000 take some 30 ms, and 500 people may come back within one second (threats.md, reliability).
MAX_COUNTED = 1000
MAX_COUNTED_TOGETHER = 20_000
MIN_COUNTED = 100

# Forward only. Channel and membership are held, so that neither goes meanwhile and nothing is left behind.
MARK = """
INSERT INTO read_states AS state (user_id, channel_id, read_at, message_id)
SELECT member.user_id, channel.id, message.created_at, message.id
FROM messages AS message JOIN channels AS channel ON channel.id = message.channel_id
JOIN server_members AS member ON member.server_id = channel.server_id
WHERE message.id = %(message)s AND member.user_id = %(user)s FOR KEY SHARE OF channel, member
ON CONFLICT (user_id, channel_id) DO UPDATE SET read_at = excluded.read_at, message_id = excluded.message_id
WHERE (state.read_at, state.message_id) < (excluded.read_at, excluded.message_id)
RETURNING 1
"""

# One statement for any number of channels: each is a walk along `idx_messages_channel_time` from its newest message
# to the place, and no longer than the limit.
_COUNT = """
SELECT channels.id, counted.unread, counted.mentions
FROM channels
JOIN server_members AS member ON member.server_id = channels.server_id AND member.user_id = %(user)s
LEFT JOIN read_states AS state ON state.channel_id = channels.id AND state.user_id = %(user)s
CROSS JOIN LATERAL (
    SELECT count(*) AS unread, count(*) FILTER (WHERE mention_everyone OR %(user)s = ANY (mention_user_ids)) AS mentions
    FROM (
        SELECT author_id, mention_everyone, mention_user_ids FROM messages
        WHERE messages.channel_id = channels.id AND NOT deleted AND thread_id IS NULL
            AND (messages.created_at, messages.id) > (
                greatest(member.joined_at, state.read_at),
                CASE WHEN state.read_at >= member.joined_at THEN state.message_id ELSE %(last)s END
            )
        ORDER BY messages.created_at DESC, messages.id DESC LIMIT %(most)s
    ) AS newer
    WHERE author_id IS DISTINCT FROM %(user)s
) AS counted
WHERE channels.id = ANY (%(channels)s) AND counted.unread > 0
"""
# After every message of the same moment.
_LAST = uuid.UUID(int=2**128 - 1)


@dataclass(frozen=True, slots=True)
class Unread:
    """How many messages of others are new to somebody in a channel, and how many of them call them."""

    messages: int = 0
    mentions: int = 0


@transaction.atomic
def acknowledge(*, actor: User, channel: Channel, message_id: uuid.UUID | None = None) -> None:
    """Remember that a channel is read, up to that message or to its newest; the person's other devices are told.

    What was read stays read. Raises `NotFound` for a message that never was in the channel.
    """
    messages = Message.objects.filter(channel=channel, thread=None)
    last = messages.filter(pk=message_id).first() if message_id else messages.history().first()
    if last is None and message_id:
        raise NotFound
    if last is not None and mark(actor, last):
        left = unread(actor.pk, [channel.pk]).get(channel.pk, Unread())
        tell(events.channel_acknowledged(actor, last, left.messages, left.mentions))


def mark(user: User, message: Message) -> bool:
    """Move the place forward to a message, in the caller's transaction. False where it was as far already."""
    (moved,) = trip(MARK, values={"user": user.pk, "message": message.pk})
    return bool(moved)


def unread(user_id: uuid.UUID, channel_ids: Collection[uuid.UUID]) -> dict[uuid.UUID, Unread]:
    """What is new to a person in those channels, which they see; those without anything new are left out."""
    share = MAX_COUNTED_TOGETHER // max(1, len(channel_ids))
    most = min(MAX_COUNTED, max(MIN_COUNTED, share))
    known: dict[str, Any] = {"user": user_id, "channels": list(channel_ids), "last": _LAST, "most": most}
    with connection.cursor() as cursor:
        cursor.execute(_COUNT, known)
        return {channel_id: Unread(messages, mentions) for channel_id, messages, mentions in cursor}


def first_unread(user: User, channel: Channel, messages: Iterable[Message]) -> uuid.UUID | None:
    """The first of these messages of a channel, the oldest first, that is new to a member."""
    states = ReadState.objects.filter(user=user, channel=channel)
    member = Member.objects.filter(user=user, server=channel.server_id).annotate(
        read_at=Subquery(states.values("read_at")), message_id=Subquery(states.values("message_id"))
    )
    found = member.values_list("joined_at", "read_at", "message_id").first()
    if found is None:
        return None
    joined_at, read_at, message_id = found
    place = (read_at, message_id) if read_at and read_at >= joined_at else (joined_at, _LAST)
    news = (one for one in messages if (one.created_at, one.pk) > place and one.author_id != user.pk)
    return next((one.pk for one in news), None)


def count(*, user: User, channels: Collection[Channel], **_signal: Any) -> None:
    """Put `unread` upon channels that a page is about to list."""
    found = unread(user.pk, [channel.pk for channel in channels])
    for channel in channels:
        channel.unread = found.get(channel.pk, Unread())  # type: ignore[attr-defined]


def forget(*, server: Server, user: User, **_signal: Any) -> None:
    """Forget what somebody has read in a server that they are no longer in. Runs in that transaction."""
    ReadState.objects.filter(user=user, channel__server=server).delete()
