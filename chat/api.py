"""Messages over REST."""

from typing import Any

from rest_framework.request import Request
from rest_framework.response import Response

from accounts.viewsets import SignedInViewSet
from chat import access, actions
from chat.history import page
from chat.serializers import (
    Acknowledge,
    MessageCreate,
    MessagePage,
    MessagePurge,
    MessageSerializer,
    MessageUpdate,
    PurgeSerializer,
)
from together.rest.schema import operation


class MessageViewSet(SignedInViewSet):
    tag = "messages"

    @operation(MessageSerializer, status=201, body=MessageCreate, refuses=(403, 409))
    def create(self, request: Request, **ids: Any) -> Response:
        """Send a message. With a nonce a retry is safe: it answers with the message that was sent."""
        wanted = self.body(MessageCreate)
        message = actions.send_message(actor=self.actor, channel_id=self.kwargs["channel_id"], **wanted)
        return self.answer(MessageSerializer, message, 201)

    @operation(MessageSerializer(many=True), query=(MessagePage,))
    def list(self, request: Request, **ids: Any) -> Response:
        """A page of history, newest first, also when paging forward."""
        wanted = self.query(MessagePage)
        channel = access.reach_channel(self.actor, self.kwargs["channel_id"])
        return self.answer(MessageSerializer, page(channel, **wanted))

    @operation(MessageSerializer)
    def retrieve(self, request: Request, **ids: Any) -> Response:
        """One message; of a deleted one only that it was there."""
        channel = access.find_channel(self.actor, self.kwargs["channel_id"])
        return self.answer(MessageSerializer, access.find_any_message(channel, self.kwargs["message_id"]))

    @operation(MessageSerializer, body=MessageUpdate, refuses=(403,))
    def partial_update(self, request: Request, **ids: Any) -> Response:
        """Change the text of one's own message."""
        content = self.body(MessageUpdate)["content"]
        message = access.find_message(self.actor, self.kwargs["message_id"])
        return self.answer(MessageSerializer, actions.edit_message(actor=self.actor, message=message, content=content))

    @operation(refuses=(403,))
    def destroy(self, request: Request, **ids: Any) -> Response:
        """Delete one's own message, or with MANAGE_MESSAGES anyone's."""
        message = access.find_message(self.actor, self.kwargs["message_id"])
        actions.delete_message(actor=self.actor, message=message)
        return Response(status=204)

    @operation(body=Acknowledge)
    def acknowledge(self, request: Request, **ids: Any) -> Response:
        """Mark a channel as read, up to that message or to the newest one; it never becomes unread again."""
        wanted = self.optional_body(Acknowledge)
        channel = access.find_channel(self.actor, self.kwargs["channel_id"])
        actions.acknowledge(actor=self.actor, channel=channel, **wanted)
        return Response(status=204)

    @operation(PurgeSerializer, body=MessagePurge, refuses=(403,))
    def purge(self, request: Request, **ids: Any) -> Response:
        """Delete many messages, the newest first, which takes MANAGE_MESSAGES."""
        wanted = self.body(MessagePurge)
        wanted["author"] = wanted.pop("user_id", None)
        channel = access.find_channel(self.actor, self.kwargs["channel_id"])
        return Response({"deleted": actions.purge_messages(actor=self.actor, channel=channel, **wanted)})
