"""Kicks, bans, timeouts, and giving a server away, over REST."""

from typing import Any

from rest_framework.request import Request
from rest_framework.response import Response

from accounts.models import User
from accounts.viewsets import SignedInViewSet
from guilds import access, actions
from guilds.models import Ban, Server
from guilds.permissions import Permission
from guilds.serializers import (
    BanCreate,
    BanSerializer,
    Kick,
    ServerSerializer,
    TimeoutCreate,
    TimeoutSerializer,
    Transfer,
)
from together.refusals import NotFound
from together.rest.schema import operation


class ModerationViewSet(SignedInViewSet):
    tag = "moderation"

    @operation(body=Kick, refuses=(403,))
    def kick(self, request: Request, **ids: Any) -> Response:
        """Send a member away, who may come back. Takes KICK_MEMBERS and a higher rank; no body is needed."""
        wanted = self.optional_body(Kick)
        server = self.server
        actions.kick_member(actor=self.actor, server=server, user=self._member(server), **wanted)
        return Response(status=204)

    @operation(body=BanCreate, refuses=(403,))
    def ban(self, request: Request, **ids: Any) -> Response:
        """Keep somebody out, member or not. Takes BAN_MEMBERS and a higher rank; no body is needed."""
        wanted = self.optional_body(BanCreate)
        server = self.server
        user = User.objects.filter(pk=self.kwargs["user_id"]).first()
        if user is None:
            raise NotFound
        actions.ban_user(actor=self.actor, server=server, user=user, **wanted)
        return Response(status=204)

    @operation(TimeoutSerializer, body=TimeoutCreate, refuses=(403,))
    def time_out(self, request: Request, **ids: Any) -> Response:
        """Let a member only read for a while. Takes MUTE_MEMBERS and a higher rank."""
        wanted = self.body(TimeoutCreate)
        server = self.server
        timeout = actions.time_out(actor=self.actor, server=server, user=self._member(server), **wanted)
        return self.answer(TimeoutSerializer, timeout)

    @operation(refuses=(403,))
    def end_timeout(self, request: Request, **ids: Any) -> Response:
        """Let a member take part again. Takes MUTE_MEMBERS and a higher rank."""
        server = self.server
        actions.end_timeout(actor=self.actor, server=server, user=self._member(server))
        return Response(status=204)

    @operation(BanSerializer(many=True), refuses=(403,))
    def bans(self, request: Request, **ids: Any) -> Response:
        """Who is banned, the newest ban first. Takes BAN_MEMBERS."""
        server = self.server
        access.require(self.actor, Permission.BAN_MEMBERS, server)
        bans = Ban.objects.in_force().filter(server=server).select_related("user").order_by("-created_at", "id")
        return self.answer(BanSerializer, bans)

    @operation(refuses=(403,))
    def unban(self, request: Request, **ids: Any) -> Response:
        """Let somebody come in again. Takes BAN_MEMBERS."""
        actions.unban_user(actor=self.actor, server=self.server, user_id=self.kwargs["user_id"])
        return Response(status=204)

    @operation(ServerSerializer, body=Transfer, refuses=(403,))
    def transfer(self, request: Request, **ids: Any) -> Response:
        """Give one's server to another member. Only its owner may, who stays in it."""
        user_id = self.body(Transfer)["user_id"]
        server = self.server
        user = access.find_member(server, user_id).user
        actions.transfer_server(actor=self.actor, server=server, user=user)
        return self.answer(ServerSerializer, self.server)

    @property
    def server(self) -> Server:
        return access.find_server(self.actor, self.kwargs["server_id"])

    def _member(self, server: Server) -> User:
        user: User = access.find_member(server, self.kwargs["user_id"]).user
        return user
