"""Paging through a channel by cursor: never by offset, so that a page costs the same at any depth."""

import uuid

from chat.access import readable
from chat.models import Message
from guilds.models import Channel


def page(
    channel: Channel, *, before: uuid.UUID | None = None, after: uuid.UUID | None = None, limit: int = 50
) -> list[Message]:
    """Up to `limit` messages of a channel, newest first: the newest, or those next to a cursor of the same channel.

    A cursor that is unknown there gives an empty page; one that was deleted since still works. With both, the page
    lies between them, at its older end.
    """
    messages = readable(channel).history()
    for cursor, beyond in ((before, "older_than"), (after, "newer_than")):
        if cursor is None:
            continue
        place = Message.objects.filter(channel=channel, pk=cursor).first()
        if place is None:
            return []
        messages = getattr(messages, beyond)(place)
    if after is None:
        return list(messages[:limit])
    return list(messages.order_by("created_at", "id")[:limit])[::-1]
