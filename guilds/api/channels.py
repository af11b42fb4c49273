"""Channels over REST."""

from typing import Any

from django.db.models import QuerySet
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.viewsets import SignedInViewSet
from guilds import access, actions
from guilds.filters import ChannelFilter
from guilds.models import Channel
from guilds.serializers import ChannelCreate, ChannelOrder, ChannelSerializer, ChannelUpdate
from together.rest.schema import operation
from together.rest.views import ListViewSet


class ChannelViewSet(SignedInViewSet, ListViewSet):
    tag = "channels"
    serializer_class = ChannelSerializer
    filterset_class = ChannelFilter

    def get_queryset(self) -> QuerySet[Channel]:
        if getattr(self, "swagger_fake_view", False):
            return Channel.objects.none()
        server = access.find_server(self.actor, self.kwargs["server_id"])
        return access.visible_channels(self.actor, server=server.pk).listed()

    @operation(ChannelSerializer(many=True))
    def list(self, request: Request, **ids: Any) -> Response:
        """The channels of a server that one sees."""
        return self.answer(ChannelSerializer, self.filter_queryset(self.get_queryset()))

    @operation(ChannelSerializer, status=201, body=ChannelCreate, refuses=(403,))
    def create(self, request: Request, **ids: Any) -> Response:
        """Add a channel, which takes MANAGE_CHANNELS. A `category` that does not exist yet is made."""
        wanted = self.body(ChannelCreate)
        server = access.find_server(self.actor, self.kwargs["server_id"])
        return self.answer(ChannelSerializer, actions.create_channel(actor=self.actor, server=server, **wanted), 201)

    @operation(ChannelSerializer)
    def retrieve(self, request: Request, **ids: Any) -> Response:
        """A channel that one sees."""
        return self.answer(ChannelSerializer, self.channel)

    @operation(ChannelSerializer, body=ChannelUpdate, refuses=(403,))
    def partial_update(self, request: Request, **ids: Any) -> Response:
        """Change a channel, which takes MANAGE_CHANNELS there, and every flag that its rules change.

        `default_allow`, `default_deny` and `inherits: false` give it rules of its own, `inherits: true` takes them.
        """
        changes = self.body(ChannelUpdate)
        return self.answer(ChannelSerializer, actions.update_channel(actor=self.actor, channel=self.channel, **changes))

    @operation(refuses=(403,))
    def destroy(self, request: Request, **ids: Any) -> Response:
        """Delete a channel with everything in it, which takes MANAGE_CHANNELS."""
        actions.delete_channel(actor=self.actor, channel=self.channel)
        return Response(status=204)

    @operation(ChannelSerializer(many=True), body=ChannelOrder, refuses=(403,))
    def reorder(self, request: Request, **ids: Any) -> Response:
        """Put the channels that one sees in a new order, and in other categories, which takes MANAGE_CHANNELS."""
        wanted = self.body(ChannelOrder)
        server = access.find_server(self.actor, self.kwargs["server_id"])
        ordered = actions.reorder_channels(actor=self.actor, server=server, **wanted)
        return self.answer(ChannelSerializer, ordered)

    @property
    def channel(self) -> Channel:
        return access.find_channel(self.actor, self.kwargs["channel_id"], server=self.kwargs["server_id"])
