"""What becomes known of messages, to those who see the channel."""

from typing import Any

from django.template.loader import render_to_string
from django.utils import timezone

from accounts.models import User
from chat.access import with_context
from chat.models import Message
from chat.serializers import MessageSerializer
from guilds.models import Channel
from together import events
from together.events import Event, Payload, batch_builder
from together.rest.renderers import plain
from together.rest.serializers import show


def message_created(message: Message) -> Event:
    return _event("MESSAGE_CREATE", message)


def message_updated(message: Message) -> Event:
    return _event("MESSAGE_UPDATE", message)


def message_deleted(message: Message) -> Event:
    refs = {
        "id": str(message.pk),
        "channel_id": str(message.channel_id),
        "thread_id": str(message.thread_id) if message.thread_id else None,
    }
    return Event("MESSAGE_DELETE", (events.channel(message.channel_id),), refs)


def typing_started(user: User, channel: Channel) -> Event:
    """Ephemeral: whoever hears it takes it for over after ten seconds, or when a message of theirs comes."""
    told = {
        "user_id": str(user.pk),
        "username": user.username,
        "channel_id": str(channel.pk),
        "timestamp": timezone.now().isoformat(),
    }
    return Event("TYPING_START", (events.channel(channel.pk),), told)


def channel_acknowledged(user: User, last: Message, unread_count: int, mention_count: int) -> Event:
    """Ephemeral, to all devices of who has read so far; the counts are of what is new after that."""
    told = {
        "channel_id": str(last.channel_id),
        "last_read_message_id": str(last.pk),
        "unread_count": unread_count,
        "mention_count": mention_count,
    }
    return Event("CHANNEL_ACK", (events.user(user.pk),), told)


def _event(name: str, message: Message) -> Event:
    refs = {"message": str(message.pk)}
    return Event(name, (events.channel(message.channel_id),), refs, lambda: _payload(message))


@batch_builder("MESSAGE_CREATE", "MESSAGE_UPDATE")
def _rebuild(refs: list[dict[str, Any]]) -> list[Payload | None]:
    wanted = {one["message"] for one in refs}
    living = {str(message.pk): message for message in with_context(Message.objects.living()).filter(pk__in=wanted)}
    payloads = {id: _payload(message) for id, message in living.items()}
    return [payloads.get(one["message"]) for one in refs]


def _payload(message: Message) -> Payload:
    d = plain(show(MessageSerializer, message))
    return Payload(d, lambda: render_to_string("chat/_message.html", {"message": message}))
