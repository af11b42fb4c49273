"""Overrides over REST: what roles and members get or lose in one channel or category."""

from typing import Any

from rest_framework.request import Request
from rest_framework.response import Response

from accounts.viewsets import SignedInViewSet
from guilds import access, actions
from guilds.models import Channel
from guilds.rules import overrides_shown
from guilds.serializers import OverrideSerializer, OverrideSet
from together.refusals import NotFound
from together.rest.schema import operation


class OverrideViewSet(SignedInViewSet):
    tag = "overrides"

    @operation(OverrideSerializer(many=True))
    def list(self, request: Request, **ids: Any) -> Response:
        """The overrides that count in a channel or category that one sees: those of the category where it inherits."""
        channel = self.channel
        return self.answer(OverrideSerializer, overrides_shown([channel.pk]).get(channel.pk, []))

    @operation(OverrideSerializer, body=OverrideSet, refuses=(403,))
    def replace(self, request: Request, **ids: Any) -> Response:
        """Say what a role or a member gets and loses, which takes MANAGE_CHANNELS there and every flag that changes.

        A channel that inherits has a copy of its category's rules from then on.
        """
        wanted = self.body(OverrideSet)
        channel, role_id, user_id = self.channel, wanted.pop("role_id", None), wanted.pop("user_id", None)
        if channel.server is None:
            raise NotFound
        holder: dict[str, Any] = (
            {"role": access.find_role(channel.server, role_id)}
            if role_id
            else {"user": access.find_member(channel.server, user_id).user}
        )
        override = actions.set_override(actor=self.actor, channel=channel, **holder, **wanted)
        return self.answer(OverrideSerializer, override)

    @operation(refuses=(403,))
    def destroy(self, request: Request, **ids: Any) -> Response:
        """Take an override away, which takes MANAGE_CHANNELS there and every flag that changes."""
        actions.remove_override(actor=self.actor, channel=self.channel, override_id=self.kwargs["override_id"])
        return Response(status=204)

    @property
    def channel(self) -> Channel:
        return access.find_place(self.actor, self.kwargs["channel_id"])
