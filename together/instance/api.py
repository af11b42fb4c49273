"""The instance over REST, for its administrators; everybody else gets 403."""

from typing import Any

from django.utils.translation import gettext as _
from rest_framework.request import Request
from rest_framework.response import Response

from accounts import actions
from accounts.instance import current_settings, update_settings
from accounts.models import User
from accounts.viewsets import SignedInViewSet
from guilds.actions import delete_server
from together.instance import queries
from together.instance.serializers import (
    AdminUserSerializer,
    InstanceSettingsSerializer,
    PageQuery,
    ServerPageSerializer,
    SettingsChange,
    StatsSerializer,
    UserChange,
    UserPageSerializer,
    UserQuery,
)
from together.refusals import Forbidden
from together.rest.schema import operation
from together.rest.serializers import show


class InstanceViewSet(SignedInViewSet):
    tag = "admin"

    @operation(StatsSerializer, refuses=(403,))
    def stats(self, request: Request) -> Response:
        """How many people, servers, channels and messages there are, and how this process fares."""
        self._require_administrator()
        return Response(show(StatsSerializer, queries.stats()))

    @operation(InstanceSettingsSerializer, refuses=(403,))
    def show_settings(self, request: Request) -> Response:
        """What holds for the whole instance."""
        self._require_administrator()
        return self.answer(InstanceSettingsSerializer, current_settings())

    @operation(InstanceSettingsSerializer, body=SettingsChange, refuses=(403,))
    def change_settings(self, request: Request) -> Response:
        """Decide who may register. What is left out stays."""
        changes = self.body(SettingsChange)
        return self.answer(InstanceSettingsSerializer, update_settings(actor=self.administrator, **changes))

    @operation(UserPageSerializer, query=(UserQuery,), refuses=(403,))
    def users(self, request: Request) -> Response:
        """Everybody, page by page; `search` finds a part of a name or an address."""
        wanted = self.query(UserQuery)
        self._require_administrator()
        rows = queries.users(search=wanted.pop("search"), sort_by=wanted.pop("sort_by"))
        return Response(show(UserPageSerializer, queries.part(rows, **wanted)))

    @operation(AdminUserSerializer, body=UserChange, refuses=(403,))
    def update_user(self, request: Request, **ids: Any) -> Response:
        """Disable or enable an account, or make it an administrator or not. Never one's own.

        A disabled account keeps everything, and its sign-ins and sockets end at once.
        """
        changes = self.body(UserChange)
        administrator = self.administrator
        user = queries.find_user(self.kwargs["user_id"])
        actions.update_account(actor=administrator, user=user, **changes)
        return self.answer(AdminUserSerializer, queries.find_user(user.pk))

    @operation(refuses=(403, 409))
    def delete_user(self, request: Request, **ids: Any) -> Response:
        """Delete an account for good, but never one's own, nor that of who owns a server. What they wrote stays."""
        administrator = self.administrator
        actions.delete_user(actor=administrator, user=queries.find_user(self.kwargs["user_id"]))
        return Response(status=204)

    @operation(ServerPageSerializer, query=(PageQuery,), refuses=(403,))
    def servers(self, request: Request) -> Response:
        """All servers, private ones too, page by page; `search` finds a part of a name."""
        wanted = self.query(PageQuery)
        self._require_administrator()
        rows = queries.servers(search=wanted.pop("search"))
        return Response(show(ServerPageSerializer, queries.part(rows, **wanted)))

    @operation(refuses=(403,))
    def delete_server(self, request: Request, **ids: Any) -> Response:
        """Delete a server with everything in it."""
        administrator = self.administrator
        delete_server(actor=administrator, server=queries.find_any_server(self.kwargs["server_id"]))
        return Response(status=204)

    @property
    def administrator(self) -> User:
        self._require_administrator()
        return self.actor

    def _require_administrator(self) -> None:
        if not self.actor.is_staff:
            raise Forbidden(_("Only an administrator of this instance may do that."))
