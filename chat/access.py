"""Which messages a person may get hold of: those of channels that they see."""

import uuid

from django.db.models import Count, OuterRef, Subquery
from django.db.models.functions import Coalesce

from accounts.models import User
from chat.models import Message, MessageQuerySet
from guilds.access import can, find_channel
from guilds.glance import channel_at_a_glance
from guilds.models import Channel
from guilds.permissions import Permission
from together.refusals import NotFound


def readable(channel: Channel) -> MessageQuerySet:
    """All messages of a channel that was found through the door, as they are shown: with author and reply count."""
    return with_context(Message.objects.filter(channel=channel))


def with_context(messages: MessageQuerySet) -> MessageQuerySet:
    """What the shape of a message needs besides its row, in the same query."""
    replies = Message.objects.filter(thread=OuterRef("pk"), deleted=False).order_by().values("thread")
    counted = Subquery(replies.annotate(count=Count("pk")).values("count"))
    return messages.select_related("author").annotate(thread_reply_count=Coalesce(counted, 0))


def reach_channel(user: User, channel_id: uuid.UUID) -> Channel:
    """What `find_channel` finds, without its category, in one statement: for what is asked all the time."""
    found = channel_at_a_glance(user.pk, channel_id)
    if found is None:
        raise NotFound
    return found.channel


def find_message(user: User, message_id: uuid.UUID, *, channel: Channel | None = None) -> Message:
    """A living message that the person may read. Raises `NotFound` for any other, hidden and deleted ones alike."""
    messages = Message.objects.living().select_related("channel__server", "author")
    message: Message | None = messages.filter(pk=message_id).first()
    if message is None or (channel is not None and message.channel_id != channel.pk):
        raise NotFound
    if channel is None and not can(user, Permission.VIEW_CHANNEL, message.channel):
        raise NotFound
    return message


def find_any_message(channel: Channel, message_id: uuid.UUID) -> Message:
    """A message of a channel that was found through the door, even a deleted one. Raises `NotFound` for any other."""
    message: Message | None = readable(channel).filter(pk=message_id).first()
    if message is None:
        raise NotFound
    return message


def find_reply_target(channel: Channel, message_id: uuid.UUID) -> Message:
    """The message of that channel that another one answers. Raises `NotFound` for any other."""
    target: Message | None = Message.objects.living().filter(channel=channel, pk=message_id).first()
    if target is None:
        raise NotFound
    return target


__all__ = [
    "find_any_message",
    "find_channel",
    "find_message",
    "find_reply_target",
    "reach_channel",
    "readable",
    "with_context",
]
