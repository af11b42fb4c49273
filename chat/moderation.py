"""Taking away many messages at once: what a moderator purges, and what somebody who is banned wrote lately."""

import uuid
from datetime import datetime
from typing import Any, cast

from django.db import transaction

from accounts.models import User
from chat import events
from chat.models import MAX_PURGED, Message, MessageQuerySet
from guilds import access
from guilds.actions import lock_server
from guilds.models import Channel, Server
from guilds.permissions import Permission
from together.audit import record
from together.events import publish_all
from together.refusals import NotFound


@transaction.atomic
def purge_messages(
    *,
    actor: User,
    channel: Channel,
    author: uuid.UUID | None = None,
    before: uuid.UUID | None = None,
    after: uuid.UUID | None = None,
    limit: int = 100,
    reason: str | None = None,
) -> int:
    """Delete the newest messages of a channel: of one author, between two messages, at most `limit`. Returns how many.

    Takes MANAGE_MESSAGES there. Raises `NotFound` for a `before` or `after` that never was in the channel.
    """
    server = lock_server(cast(uuid.UUID, channel.server_id))
    access.require(actor, Permission.MANAGE_MESSAGES, channel)
    messages: MessageQuerySet = Message.objects.filter(channel=channel).history()
    if author:
        messages = messages.filter(author=author)
    if before:
        messages = messages.older_than(_place(channel, before))
    if after:
        messages = messages.newer_than(_place(channel, after))
    count = _delete(messages[: min(limit, MAX_PURGED)])
    if count:
        record(
            "message_purge",
            actor=actor,
            server=server,
            target=("channel", channel.pk),
            channel_id=channel.pk,
            details={"deleted": count, "user_id": str(author) if author else None},
            reason=reason,
        )
    return count


def purge_unwanted(*, server: Server, user: User, since: datetime, **_signal: Any) -> None:
    """Delete what somebody who is banned wrote in a server since then, in its threads too. Runs in that transaction."""
    wrote: MessageQuerySet = Message.objects.living().filter(author=user, created_at__gte=since)
    _delete(wrote.filter(channel__server=server).order_by("-created_at", "-id"))


def _place(channel: Channel, message_id: uuid.UUID) -> Message:
    place: Message | None = Message.objects.filter(channel=channel, pk=message_id).first()
    if place is None:
        raise NotFound
    return place


def _delete(messages: MessageQuerySet) -> int:
    # What somebody else deletes meanwhile is passed over once their transaction ends: each is told of once.
    locked = messages.select_for_update(of=("self",), no_key=True).only("pk", "channel_id", "thread_id")
    doomed: list[Message] = list(locked)
    Message.objects.filter(pk__in=[message.pk for message in doomed]).update(deleted=True)
    publish_all(events.message_deleted(message) for message in doomed)
    return len(doomed)
