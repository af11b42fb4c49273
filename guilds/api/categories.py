"""Categories over REST."""

from typing import Any

from rest_framework.request import Request
from rest_framework.response import Response

from accounts.viewsets import SignedInViewSet
from guilds import access, actions
from guilds.models import Channel, Server
from guilds.serializers import CategoryCreate, CategoryOrder, CategorySerializer, CategoryUpdate
from together.rest.schema import operation


class CategoryViewSet(SignedInViewSet):
    tag = "categories"

    @operation(CategorySerializer(many=True))
    def list(self, request: Request, **ids: Any) -> Response:
        """The categories of a server that one sees: those with a channel that one sees, or that one may fill."""
        categories = access.visible_channels(self.actor, server=self.server.pk).categories()
        return self.answer(CategorySerializer, categories)

    @operation(CategorySerializer, status=201, body=CategoryCreate, refuses=(403,))
    def create(self, request: Request, **ids: Any) -> Response:
        """Add a category after the others, which takes MANAGE_CHANNELS."""
        wanted = self.body(CategoryCreate)
        made = actions.create_category(actor=self.actor, server=self.server, **wanted)
        return self.answer(CategorySerializer, made, 201)

    @operation(CategorySerializer, body=CategoryUpdate, refuses=(403,))
    def partial_update(self, request: Request, **ids: Any) -> Response:
        """Change a category, which takes MANAGE_CHANNELS there. Its rules count in the channels that inherit them."""
        changes = self.body(CategoryUpdate)
        changed = actions.update_category(actor=self.actor, category=self.category, **changes)
        return self.answer(CategorySerializer, changed)

    @operation(refuses=(403,))
    def destroy(self, request: Request, **ids: Any) -> Response:
        """Delete a category, which takes MANAGE_CHANNELS there. Its channels stay, with a copy of its rules."""
        actions.delete_category(actor=self.actor, category=self.category)
        return Response(status=204)

    @operation(CategorySerializer(many=True), body=CategoryOrder, refuses=(403,))
    def reorder(self, request: Request, **ids: Any) -> Response:
        """Put the categories that one sees in a new order, which takes MANAGE_CHANNELS."""
        wanted = self.body(CategoryOrder)
        ordered = actions.reorder_categories(actor=self.actor, server=self.server, **wanted)
        return self.answer(CategorySerializer, ordered)

    @property
    def server(self) -> Server:
        return access.find_server(self.actor, self.kwargs["server_id"])

    @property
    def category(self) -> Channel:
        return access.find_category(self.actor, self.kwargs["category_id"], server=self.kwargs["server_id"])
