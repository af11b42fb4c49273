"""What people do with messages. Every function is one intention, in one transaction."""

import uuid
from typing import cast

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import User
from chat import events, slow_mode
from chat.access import find_reply_target, with_context
from chat.mentions import mentions
from chat.models import Message
from chat.moderation import purge_messages
from chat.posting import post
from chat.read_states import acknowledge
from guilds import access
from guilds.actions import lock_server
from guilds.models import Channel
from guilds.permissions import Permission
from together import limits
from together.audit import record
from together.events import publish
from together.refusals import Conflict, Forbidden, NotFound

__all__ = ["acknowledge", "delete_message", "edit_message", "purge_messages", "restore_message", "send_message"]


@transaction.atomic
def send_message(
    *,
    actor: User,
    channel_id: uuid.UUID,
    content: str,
    reply_to: uuid.UUID | None = None,
    nonce: str | None = None,
) -> Message:
    """Post in a channel. The same nonce again gives the same message.

    Raises `Forbidden` without SEND_MESSAGES, `NotFound` for a channel that they do not see and a `reply_to` outside it,
    `Conflict` for a nonce that stands for another message, and `TooMany` in slow mode.
    """
    limits.hit("send", actor.pk)
    channel = access.enter(actor, Permission.SEND_MESSAGES, channel_id).channel
    if nonce and (earlier := with_context(Message.objects.filter(author=actor, nonce=nonce)).first()):
        return _same(earlier, channel, content, reply_to)
    slow_mode.take(actor, channel)
    mention_user_ids, mention_everyone = mentions(actor, channel, content)
    message = Message(
        channel=channel,
        author=actor,
        content=content,
        reply_to=find_reply_target(channel, reply_to) if reply_to else None,
        nonce=nonce,
        mention_user_ids=mention_user_ids,
        mention_everyone=mention_everyone,
    )
    post(message)
    return message


@transaction.atomic
def edit_message(*, actor: User, message: Message, content: str) -> Message:
    """Change the text of one's own message, which takes what sending takes: in slow mode a turn, too."""
    channel = access.enter(actor, Permission.SEND_MESSAGES, message.channel_id).channel
    if message.author_id != actor.pk:
        raise Forbidden(_("Only its author may edit a message."))
    slow_mode.take(actor, channel)
    locked = _lock(message)
    locked.mention_user_ids, locked.mention_everyone = mentions(actor, channel, content)
    locked.content = content
    locked.edited_at = timezone.now()
    locked.save(update_fields=["content", "edited_at", "mention_user_ids", "mention_everyone"])
    publish(events.message_updated(locked))
    return locked


@transaction.atomic
def delete_message(*, actor: User, message: Message) -> None:
    """Take a message away from its readers: one's own, or anyone's with MANAGE_MESSAGES."""
    moderated = message.author_id != actor.pk
    if moderated:
        lock_server(cast(uuid.UUID, message.channel.server_id))
        access.require(actor, Permission.MANAGE_MESSAGES, message.channel)
    locked = _lock(message)
    locked.deleted = True
    locked.save(update_fields=["deleted"])
    publish(events.message_deleted(locked))
    if moderated:
        author = str(locked.author_id) if locked.author_id else None
        record(
            "message_delete",
            actor=actor,
            server=message.channel.server,
            target=("message", locked.pk),
            channel_id=locked.channel_id,
            details={"author_id": author},
        )


@transaction.atomic
def restore_message(*, actor: User, message: Message) -> None:
    """Bring a deleted message of a server back. Only administrators, from Django admin."""
    if not actor.is_staff or message.channel.server_id is None:
        raise Forbidden
    if Message.objects.filter(pk=message.pk, deleted=True).update(deleted=False):
        message.deleted = False
        publish(events.message_created(message))
        record(
            "message_restore",
            actor=actor,
            server=message.channel.server,
            target=("message", message.pk),
            channel_id=message.channel_id,
            details={"author_id": str(message.author_id) if message.author_id else None},
        )


def _lock(message: Message) -> Message:
    locked = (
        with_context(Message.objects.living())
        .select_for_update(of=("self",), no_key=True)
        .filter(pk=message.pk)
        .first()
    )
    if locked is None:
        raise NotFound
    return locked


def _same(earlier: Message, channel: Channel, content: str, reply_to: uuid.UUID | None) -> Message:
    if (earlier.channel_id, earlier.content, earlier.reply_to_id) != (channel.pk, content, reply_to):
        raise Conflict(_("This nonce was used for another message."))
    return earlier
