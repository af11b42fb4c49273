"""Roles over REST, and who has them."""

from typing import Any

from rest_framework.request import Request
from rest_framework.response import Response

from accounts.viewsets import SignedInViewSet
from guilds import access, actions
from guilds.models import Role, Server
from guilds.serializers import RoleCreate, RoleOrder, RoleSerializer, RoleUpdate
from together.rest.schema import operation


class RoleViewSet(SignedInViewSet):
    tag = "roles"

    @operation(RoleSerializer(many=True))
    def list(self, request: Request, **ids: Any) -> Response:
        """The roles of a server, the highest first."""
        return self.answer(RoleSerializer, self.server.roles.in_order())

    @operation(RoleSerializer, status=201, body=RoleCreate, refuses=(403,))
    def create(self, request: Request, **ids: Any) -> Response:
        """Add a role, which takes MANAGE_ROLES and every permission that it is given."""
        wanted = self.body(RoleCreate)
        return self.answer(RoleSerializer, actions.create_role(actor=self.actor, server=self.server, **wanted), 201)

    @operation(RoleSerializer, body=RoleUpdate, refuses=(403,))
    def partial_update(self, request: Request, **ids: Any) -> Response:
        """Change a role below one's own, which takes MANAGE_ROLES and every permission that changes."""
        changes = self.body(RoleUpdate)
        return self.answer(RoleSerializer, actions.update_role(actor=self.actor, role=self.role, **changes))

    @operation(refuses=(403,))
    def destroy(self, request: Request, **ids: Any) -> Response:
        """Delete a role below one's own, which takes MANAGE_ROLES."""
        actions.delete_role(actor=self.actor, role=self.role)
        return Response(status=204)

    @operation(RoleSerializer(many=True), body=RoleOrder, refuses=(403,))
    def reorder(self, request: Request, **ids: Any) -> Response:
        """Put all roles in a new order, the highest first, which takes MANAGE_ROLES. One moves what is below one."""
        wanted = self.body(RoleOrder)
        return self.answer(RoleSerializer, actions.reorder_roles(actor=self.actor, server=self.server, **wanted))

    @operation(refuses=(403,))
    def give(self, request: Request, **ids: Any) -> Response:
        """Give a member a role, which takes MANAGE_ROLES, every permission of the role, and a higher rank than both."""
        server = self.server
        member = access.find_member(server, self.kwargs["user_id"])
        actions.give_role(actor=self.actor, member=member, role=access.find_role(server, self.kwargs["role_id"]))
        return Response(status=204)

    @operation(refuses=(403,))
    def take(self, request: Request, **ids: Any) -> Response:
        """Take a role from a member, which takes MANAGE_ROLES and a higher rank than both."""
        server = self.server
        member = access.find_member(server, self.kwargs["user_id"])
        actions.take_role(actor=self.actor, member=member, role=access.find_role(server, self.kwargs["role_id"]))
        return Response(status=204)

    @property
    def server(self) -> Server:
        return access.find_server(self.actor, self.kwargs["server_id"])

    @property
    def role(self) -> Role:
        return access.find_role(self.server, self.kwargs["role_id"])
