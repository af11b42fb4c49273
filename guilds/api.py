"""Servers, members and channels over REST."""

from typing import Any

from django.db.models import Prefetch, QuerySet
from django.utils.translation import gettext as _
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.serializers import NoticeSerializer
from accounts.viewsets import SignedInViewSet
from guilds import access, actions
from guilds.filters import ChannelFilter, MemberFilter
from guilds.models import Channel, Member, MemberRole, Server
from guilds.serializers import (
    ChannelCreate,
    ChannelSerializer,
    ChannelUpdate,
    MemberSerializer,
    ServerCreate,
    ServerSerializer,
    ServerUpdate,
)
from together.refusals import Refusal
from together.rest.schema import operation
from together.rest.views import ListViewSet

# Discovery shows this many servers (protocol: 50).
BROWSED = 50


class ServerViewSet(SignedInViewSet):
    tag = "servers"

    @operation(ServerSerializer, status=201, body=ServerCreate)
    def create(self, request: Request) -> Response:
        """Make a server that one owns. It has no channels yet."""
        wanted = self.body(ServerCreate)
        if wanted.pop("template_id", None):
            raise Refusal(_("There is no such template."))
        server = actions.create_server(actor=self.actor, **wanted)
        return self.answer(ServerSerializer, access.find_server(self.actor, server.pk), 201)

    @operation(ServerSerializer(many=True))
    def list(self, request: Request) -> Response:
        """The servers that one is a member of, the oldest first."""
        servers = access.visible_servers(self.actor).with_member_count().order_by("created_at", "id")
        return self.answer(ServerSerializer, servers)

    @operation(ServerSerializer(many=True))
    def browse(self, request: Request) -> Response:
        """Public servers, the largest first."""
        return self.answer(ServerSerializer, access.public_servers().largest_first()[:BROWSED])

    @operation(ServerSerializer)
    def retrieve(self, request: Request, **ids: Any) -> Response:
        """One of one's servers."""
        return self.answer(ServerSerializer, self.server)

    @operation(ServerSerializer, body=ServerUpdate, refuses=(403,))
    def partial_update(self, request: Request, **ids: Any) -> Response:
        """Change a server, which takes MANAGE_SERVER. `null` clears the icon; what is left out stays."""
        changes = self.body(ServerUpdate)
        return self.answer(ServerSerializer, actions.update_server(actor=self.actor, server=self.server, **changes))

    @operation(refuses=(403,))
    def destroy(self, request: Request, **ids: Any) -> Response:
        """Delete a server with everything in it. Only its owner may."""
        actions.delete_server(actor=self.actor, server=self.server)
        return Response(status=204)

    @operation(NoticeSerializer, status=201, refuses=(403, 409))
    def join(self, request: Request, **ids: Any) -> Response:
        """Become a member of a public server."""
        server = actions.join_server(actor=self.actor, server_id=self.kwargs["server_id"])
        return Response({"message": _("Welcome to {name}.").format(name=server.name)}, status=201)

    @operation()
    def leave(self, request: Request, **ids: Any) -> Response:
        """Stop being a member. The owner cannot."""
        actions.leave_server(actor=self.actor, server=self.server)
        return Response(status=204)

    @property
    def server(self) -> Server:
        return access.find_server(self.actor, self.kwargs["server_id"])


class MemberViewSet(SignedInViewSet, ListViewSet):
    tag = "members"
    serializer_class = MemberSerializer
    filterset_class = MemberFilter

    def get_queryset(self) -> QuerySet[Member]:
        if getattr(self, "swagger_fake_view", False):
            return Member.objects.none()
        server = access.find_server(self.actor, self.kwargs["server_id"])
        held = Prefetch("member_roles", MemberRole.objects.select_related("role"))
        return server.members.select_related("user").prefetch_related(held).by_seniority()

    @operation(MemberSerializer(many=True))
    def list(self, request: Request, **ids: Any) -> Response:
        """Who is in a server, in the order in which they came."""
        return self.answer(MemberSerializer, self.filter_queryset(self.get_queryset()))


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
        """Change a channel, which takes MANAGE_CHANNELS. An empty `category` takes it out of any."""
        changes = self.body(ChannelUpdate)
        return self.answer(ChannelSerializer, actions.update_channel(actor=self.actor, channel=self.channel, **changes))

    @operation(refuses=(403,))
    def destroy(self, request: Request, **ids: Any) -> Response:
        """Delete a channel with everything in it, which takes MANAGE_CHANNELS."""
        actions.delete_channel(actor=self.actor, channel=self.channel)
        return Response(status=204)

    @property
    def channel(self) -> Channel:
        return access.find_channel(self.actor, self.kwargs["channel_id"], server=self.kwargs["server_id"])
