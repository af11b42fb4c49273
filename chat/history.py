"""Paging through a channel by cursor: never by offset, so that a page costs the same at any depth."""

import uuid
from typing import Any

from accounts.models import User
from chat.models import Message
from guilds.models import Channel

# What a message is shown with, in one statement; the ORM takes longer to write it than PostgreSQL to answer it.
_COLUMNS = ", ".join(f"m.{field.column}" for field in Message._meta.concrete_fields if not field.generated)
_PAGE = f"""
SELECT {_COLUMNS}, u.username, u.avatar_url,
       (SELECT count(*) FROM messages AS reply WHERE reply.thread_id = m.id AND NOT reply.deleted) AS thread_reply_count
FROM messages AS m LEFT JOIN users AS u ON u.id = m.author_id
WHERE m.channel_id = %(channel)s AND NOT m.deleted AND m.thread_id IS NULL
"""  # noqa: S608  (names of our own columns)
_AUTHOR = ("id", "username", "avatar_url")
_OLDER = "AND (m.created_at, m.id) < (%(before_at)s, %(before)s)\n"
_NEWER = "AND (m.created_at, m.id) > (%(after_at)s, %(after)s)\n"
_NEWEST_FIRST = "ORDER BY m.created_at DESC, m.id DESC LIMIT %(limit)s"
_OLDEST_FIRST = "ORDER BY m.created_at, m.id LIMIT %(limit)s"


def page(
    channel: Channel, *, before: uuid.UUID | None = None, after: uuid.UUID | None = None, limit: int = 50
) -> list[Message]:
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


def _read(sql: str, values: dict[str, Any]) -> list[Message]:
    messages: list[Message] = list(Message.objects.raw(sql, values))
    authors: dict[uuid.UUID, User] = {}
    for message in messages:
        said: Any = message
        if (id := message.author_id) is not None and id not in authors:
            authors[id] = User.from_db(None, _AUTHOR, (id, said.username, said.avatar_url))
        message.author = authors.get(id) if id else None
    return messages
