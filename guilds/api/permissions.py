"""Why somebody may or may not do things, over REST."""

from typing import Any

from rest_framework.request import Request
from rest_framework.response import Response

from accounts.viewsets import SignedInViewSet
from guilds import access
from guilds.models import Channel, Server
from guilds.serializers import ExplanationSerializer
from together.rest.schema import operation


class PermissionViewSet(SignedInViewSet):
    tag = "permissions"

    @operation(ExplanationSerializer)
    def mine_in_server(self, request: Request, **ids: Any) -> Response:
        """What one may do in a server, and why."""
        return self._explained(self.server, self.actor.pk)

    @operation(ExplanationSerializer, refuses=(403,))
    def in_server(self, request: Request, **ids: Any) -> Response:
        """What a member may do in a server, and why. Of others it takes MANAGE_ROLES."""
        return self._explained(self.server, self.kwargs["user_id"])

    @operation(ExplanationSerializer)
    def mine_in_channel(self, request: Request, **ids: Any) -> Response:
        """What one may do in a channel, and why."""
        return self._explained(self.channel, self.actor.pk)

    @operation(ExplanationSerializer, refuses=(403,))
    def in_channel(self, request: Request, **ids: Any) -> Response:
        """What a member may do in a channel that one sees, and why. Of others it takes MANAGE_ROLES."""
        return self._explained(self.channel, self.kwargs["user_id"])

    def _explained(self, where: Server | Channel, user_id: Any) -> Response:
        return self.answer(ExplanationSerializer, access.explanation(self.actor, user_id, where))

    @property
    def server(self) -> Server:
        return access.find_server(self.actor, self.kwargs["server_id"])

    @property
    def channel(self) -> Channel:
        return access.find_channel(self.actor, self.kwargs["channel_id"])
