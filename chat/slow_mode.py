"""Slow mode: in some channels a person waits between posts. Posts and edits share one clock, the database's."""

from datetime import timedelta

from django.db import connection
from django.db.models.functions import Now

from accounts.models import User
from chat.models import LastPost
from guilds.access import flags
from guilds.models import Channel
from guilds.permissions import Permission
from together.housekeeping import every
from together.refusals import NotFound, TooMany

# Seconds between posts, at most: what is older is of no interest.
MAX_SECONDS = 21_600
_EXEMPT = Permission.MANAGE_MESSAGES | Permission.MANAGE_CHANNELS

# One statement, so that of two posts at once one is refused: it waits for the other's row, and then looks again.
_TAKE = """
INSERT INTO last_posts AS last (channel_id, user_id, posted_at) VALUES (%s, %s, statement_timestamp())
ON CONFLICT (channel_id, user_id) DO UPDATE SET posted_at = excluded.posted_at
WHERE last.posted_at <= excluded.posted_at - make_interval(secs => %s)
RETURNING 1
"""
_WAIT = """
SELECT extract(epoch FROM posted_at - statement_timestamp()) + %s FROM last_posts WHERE channel_id = %s AND user_id = %s
"""


def take(actor: User, channel: Channel) -> None:
    """Take a turn in a channel, given back if the transaction fails. Raises `TooMany`, with the seconds to wait.

    Who manages messages or the channel there does not wait.
    """
    seconds = channel.slow_mode
    if not seconds or flags(actor, channel) & _EXEMPT:
        return
    # The channel before what hangs on it: the order in which its deletion takes them.
    if not Channel.objects.select_for_update(no_key=True).filter(pk=channel.pk).exists():
        raise NotFound
    with connection.cursor() as cursor:
        cursor.execute(_TAKE, [channel.pk, actor.pk, seconds])
        if cursor.fetchone() is None:
            cursor.execute(_WAIT, [seconds, channel.pk, actor.pk])
            (wait,) = cursor.fetchone()
            raise TooMany(wait=min(max(float(wait), 1), seconds))


@every(seconds=3600)
def forget() -> int:
    """Delete turns that no slow mode asks for any more; returns how many."""
    return LastPost.objects.filter(posted_at__lt=Now() - timedelta(seconds=MAX_SECONDS)).delete()[0]
