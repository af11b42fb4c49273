"""What becomes known of messages, to those who see the channel."""

from typing import Any

from django.template.loader import render_to_string

from chat.access import with_context
from chat.models import Message
from chat.serializers import MessageSerializer
from together import events
from together.events import Event, Payload, batch_builder


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
    html = render_to_string("chat/_message.html", {"message": message})
    return Payload(dict(MessageSerializer(message).data), html)
