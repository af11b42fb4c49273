"""Servers over REST."""

from typing import Any

from django.utils.translation import gettext as _
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.serializers import NoticeSerializer
from accounts.viewsets import SignedInViewSet
from guilds import access, actions
from guilds.layouts import find_template
from guilds.models import Server
from guilds.serializers import Browse, ServerCreate, ServerSerializer, ServerUpdate
from together.refusals import Refusal
from together.rest.schema import operation

# Discovery shows this many servers (protocol: 50).
BROWSED = 50


class ServerViewSet(SignedInViewSet):
    tag = "servers"

    @operation(ServerSerializer, status=201, body=ServerCreate)
    def create(self, request: Request) -> Response:
        """Make a server that one owns. It has the channels of the template, if any."""
        wanted = self.body(ServerCreate)
        template_id = wanted.pop("template_id", None)
        template = find_template(template_id) if template_id else None
        if template_id and template is None:
            raise Refusal(_("There is no such template."))
        server = actions.create_server(actor=self.actor, template=template, **wanted)
        return self.answer(ServerSerializer, access.find_server(self.actor, server.pk), 201)

    @operation(ServerSerializer(many=True))
    def list(self, request: Request) -> Response:
        """The servers that one is a member of, the oldest first."""
        servers = access.visible_servers(self.actor).with_member_count().order_by("created_at", "id")
        return self.answer(ServerSerializer, servers)

    @operation(ServerSerializer(many=True), query=(Browse,))
    def browse(self, request: Request) -> Response:
        """Public servers, the largest first."""
        found = access.public_servers().named(self.query(Browse)["search"])
        return self.answer(ServerSerializer, found.largest_first()[:BROWSED])

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
