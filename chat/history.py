"""Paging through a channel by cursor: never by offset, so that a page costs the same at any depth."""

import uuid
from datetime import datetime
from typing import Any, NamedTuple

from chat.models import Message
from guilds.models import Channel
from together.database.trip import trip


class Author(NamedTuple):
    pk: uuid.UUID
    username: str
    avatar_url: str | None


class Line(NamedTuple):
    """A message as it stands in history: what reading takes of a `Message`, by the same names, and nothing more."""

    pk: uuid.UUID
    channel_id: uuid.UUID
    author_id: uuid.UUID | None
    content: str
    reply_to_id: uuid.UUID | None
    thread_id: uuid.UUID | None
    nonce: str | None
    mention_user_ids: list[uuid.UUID]
    mention_everyone: bool
    edited_at: datetime | None
    deleted: bool
    created_at: datetime
    thread_reply_count: int
    username: str
    avatar_url: str | None

    @property
    def author(self) -> Author | None:
        return Author(self.author_id, self.username, self.avatar_url) if self.author_id else None


# The fields of a `Line`. The ORM would take longer to write this for each page than PostgreSQL to answer it.
_PAGE = """
SELECT m.id, m.channel_id, m.author_id, m.content, m.reply_to_id, m.thread_id, m.nonce, m.mention_user_ids,
       m.mention_everyone, m.edited_at, m.deleted, m.created_at,
       (SELECT count(*) FROM messages AS reply WHERE reply.thread_id = m.id AND NOT reply.deleted),
       u.username, u.avatar_url
FROM messages AS m LEFT JOIN users AS u ON u.id = m.author_id
WHERE m.channel_id = %(channel)s AND NOT m.deleted AND m.thread_id IS NULL
"""
_OLDER = "AND (m.created_at, m.id) < (%(before_at)s, %(before)s)\n"
_NEWER = "AND (m.created_at, m.id) > (%(after_at)s, %(after)s)\n"
_NEWEST_FIRST = "ORDER BY m.created_at DESC, m.id DESC LIMIT %(limit)s"
_OLDEST_FIRST = "ORDER BY m.created_at, m.id LIMIT %(limit)s"


def page(
    channel: Channel, *, before: uuid.UUID | None = None, after: uuid.UUID | None = None, limit: int = 50
) -> list[Line]:
    """Up to `limit` messages of a channel, newest first: the newest, or those next to a cursor of the same channel.

    A cursor that is unknown there gives an empty page; one that was deleted since still works. With both, the page
    lies between them, at its older end.
    """
    sql, values = _PAGE, {"channel": channel.pk, "limit": limit, "before": before, "after": after}
    for name, cursor, condition in (("before_at", before, _OLDER), ("after_at", after, _NEWER)):
        if cursor is None:
            continue
        place = Message.objects.filter(channel=channel, pk=cursor).values_list("created_at", flat=True).first()
        if place is None:
            return []
        sql, values[name] = sql + condition, place
    if after is None:
        return _read(sql + _NEWEST_FIRST, values)
    return _read(sql + _OLDEST_FIRST, values)[::-1]


def _read(sql: str, values: dict[str, Any]) -> list[Line]:
    (rows,) = trip(sql, values=values)
    return [Line._make(row) for row in rows]
