"""Invites over REST."""

from typing import Any

from django.utils.translation import gettext as _
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.pages import address_of
from accounts.viewsets import SignedInViewSet
from guilds import access, actions
from guilds.guessing import guesses
from guilds.models import Server
from guilds.permissions import Permission
from guilds.serializers import AcceptedSerializer, InviteCreate, InvitePreviewSerializer, InviteSerializer
from together.rest.schema import operation

CODE = OpenApiParameter("code", OpenApiTypes.STR, OpenApiParameter.PATH)


class InviteViewSet(SignedInViewSet):
    """The invites of a server, for those with CREATE_INVITES, and what a code does, for anyone who has it."""

    tag = "invites"

    @operation(InviteSerializer, status=201, body=InviteCreate, refuses=(403,))
    def create(self, request: Request, **ids: Any) -> Response:
        """Make an invite, which takes CREATE_INVITES."""
        wanted = self.body(InviteCreate)
        return self.answer(InviteSerializer, actions.create_invite(actor=self.actor, server=self.server, **wanted), 201)

    @operation(InviteSerializer(many=True), refuses=(403,))
    def list(self, request: Request, **ids: Any) -> Response:
        """The invites of a server, the newest first, with those that have expired or are used up."""
        return self.answer(InviteSerializer, self._shown().invites.newest_first())

    @operation(refuses=(403,))
    def destroy(self, request: Request, **ids: Any) -> Response:
        """Revoke an invite, whoever made it. Its code is worth nothing any more."""
        invite = access.find_invite(self._shown(), self.kwargs["invite_id"])
        actions.revoke_invite(actor=self.actor, invite=invite)
        return Response(status=204)

    @operation(InvitePreviewSerializer, refuses=(404,), query=(CODE,))
    def retrieve(self, request: Request, code: str) -> Response:
        """What a code invites to. One that has expired or is used up is as if it did not exist."""
        with guesses(address_of(request._request), self.actor):
            return self.answer(InvitePreviewSerializer, access.find_usable_invite(code))

    @operation(AcceptedSerializer, status=201, refuses=(400, 403, 404, 409), query=(CODE,))
    def accept(self, request: Request, code: str) -> Response:
        """Become a member of the server that a code invites to."""
        with guesses(address_of(request._request), self.actor):
            server = actions.accept_invite(actor=self.actor, code=code)
        return Response({"message": _("Welcome to {name}.").format(name=server.name), "server_id": server.pk}, 201)

    @property
    def server(self) -> Server:
        return access.find_server(self.actor, self.kwargs["server_id"])

    def _shown(self) -> Server:
        # A code is a key: who may not make one is shown none.
        server = self.server
        access.require(self.actor, Permission.CREATE_INVITES, server)
        return server
