"""The REST API's addresses, as the existing clients know them: under `/api`, without trailing slashes."""

from typing import Any

from django.urls import URLPattern, URLResolver, path, re_path
from rest_framework.permissions import AllowAny
from rest_framework.request import Request

from accounts.api import AccountViewSet, SignInViewSet
from chat.api import MessageViewSet
from guilds.api import ChannelViewSet, MemberViewSet, ServerViewSet
from together.health import HealthViewSet
from together.refusals import NotFound
from together.rest.docs import DescriptionViewSet
from together.rest.views import ViewSet


class UnknownViewSet(ViewSet):
    """Every other address under `/api`: the same 404 for everyone, in the documented shape."""

    authentication_classes = ()
    permission_classes = (AllowAny,)
    schema = None

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        raise NotFound


_sign_in, _account = SignInViewSet.as_view, AccountViewSet.as_view
_server, _channel, _message = ServerViewSet.as_view, ChannelViewSet.as_view, MessageViewSet.as_view
_health, _description = HealthViewSet.as_view, DescriptionViewSet.as_view

# Literal segments stand before captures: they win.
urlpatterns: list[URLPattern | URLResolver] = [
    path("auth/register", _sign_in({"post": "register"})),
    path("auth/login", _sign_in({"post": "login"})),
    path("auth/refresh", _sign_in({"post": "refresh"})),
    path("auth/logout", _account({"post": "logout"})),
    path("auth/forgot-password", _account({"post": "forgot_password"})),
    path("auth/mail-reset", _sign_in({"post": "mail_reset"})),
    path("auth/reset-password", _sign_in({"post": "reset_password"})),
    path("auth/change-password", _account({"post": "change_password"})),
    path("instance/registration-mode", _sign_in({"get": "registration_mode"})),
    path("users/@me", _account({"get": "me", "patch": "update_me"})),
    path("users/@me/sessions", _account({"get": "sessions"})),
    path("users/@me/sessions/<str:session_id>", _account({"delete": "revoke"})),
    path("users/<str:user_id>", _account({"get": "retrieve"})),
    path("servers", _server({"get": "list", "post": "create"})),
    path("servers/browse", _server({"get": "browse"})),
    path("servers/<str:server_id>", _server({"get": "retrieve", "patch": "partial_update", "delete": "destroy"})),
    path("servers/<str:server_id>/join", _server({"post": "join"})),
    path("servers/<str:server_id>/leave", _server({"delete": "leave"})),
    path("servers/<str:server_id>/members", MemberViewSet.as_view({"get": "list"})),
    path("servers/<str:server_id>/channels", _channel({"get": "list", "post": "create"})),
    path(
        "servers/<str:server_id>/channels/<str:channel_id>",
        _channel({"get": "retrieve", "patch": "partial_update", "delete": "destroy"}),
    ),
    path("channels/<str:channel_id>/messages", _message({"get": "list", "post": "create"})),
    path("channels/<str:channel_id>/messages/<str:message_id>", _message({"get": "retrieve"})),
    path("messages/<str:message_id>", _message({"patch": "partial_update", "delete": "destroy"})),
    path("health", _health({"get": "health"})),
    path("health/live", _health({"get": "live"})),
    path("health/ready", _health({"get": "ready"})),
    path("schema", _description({"get": "retrieve"}), name="schema"),
    path("docs", _description({"get": "page"}), name="docs"),
    # Any character, line breaks too.
    re_path(r"^[\s\S]*\Z", UnknownViewSet.as_view({"get": "http_method_not_allowed"})),
]
