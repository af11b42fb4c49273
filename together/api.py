"""The REST API's addresses, as the existing clients know them: under `/api`, without trailing slashes."""

from typing import Any

from django.urls import URLPattern, URLResolver, path, re_path
from rest_framework.permissions import AllowAny
from rest_framework.request import Request

from accounts.api import AccountViewSet, SignInViewSet
from chat.api import MessageViewSet
from guilds.api import (
    AuditViewSet,
    CategoryViewSet,
    ChannelViewSet,
    InviteViewSet,
    MemberViewSet,
    ModerationViewSet,
    OverrideViewSet,
    PermissionViewSet,
    RoleViewSet,
    ServerViewSet,
    TemplateViewSet,
)
from together.health import HealthViewSet
from together.instance.api import InstanceViewSet
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
_member, _moderation = MemberViewSet.as_view, ModerationViewSet.as_view
_invite = InviteViewSet.as_view
_audit, _instance = AuditViewSet.as_view, InstanceViewSet.as_view
_role, _category = RoleViewSet.as_view, CategoryViewSet.as_view
_override, _permission = OverrideViewSet.as_view, PermissionViewSet.as_view
_health, _description = HealthViewSet.as_view, DescriptionViewSet.as_view

# Literal segments stand before captures: they win. What is asked all the time stands first: they are tried in turn.
urlpatterns: list[URLPattern | URLResolver] = [
    path("channels/<str:channel_id>/messages", _message({"get": "list", "post": "create"})),
    path("channels/<str:channel_id>/ack", _message({"post": "acknowledge"})),
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
    path("users/@me/audit-logs", _audit({"get": "on_me"})),
    path("users/<str:user_id>", _account({"get": "retrieve"})),
    path("servers", _server({"get": "list", "post": "create"})),
    path("servers/browse", _server({"get": "browse"})),
    path("servers/<str:server_id>", _server({"get": "retrieve", "patch": "partial_update", "delete": "destroy"})),
    path("servers/<str:server_id>/join", _server({"post": "join"})),
    path("servers/<str:server_id>/leave", _server({"delete": "leave"})),
    path("servers/<str:server_id>/transfer", _moderation({"post": "transfer"})),
    path("servers/<str:server_id>/members", _member({"get": "list"})),
    path("servers/<str:server_id>/members/@me", _member({"patch": "update_me"})),
    path("servers/<str:server_id>/members/<str:user_id>", _member({"get": "retrieve", "patch": "partial_update"})),
    path("servers/<str:server_id>/members/<str:user_id>/kick", _moderation({"post": "kick"})),
    path("servers/<str:server_id>/members/<str:user_id>/ban", _moderation({"post": "ban"})),
    path(
        "servers/<str:server_id>/members/<str:user_id>/timeout",
        _moderation({"post": "time_out", "delete": "end_timeout"}),
    ),
    path("servers/<str:server_id>/bans", _moderation({"get": "bans"})),
    path("servers/<str:server_id>/bans/<str:user_id>", _moderation({"delete": "unban"})),
    path(
        "servers/<str:server_id>/members/<str:user_id>/roles/<str:role_id>",
        _role({"put": "give", "delete": "take"}),
    ),
    path("servers/<str:server_id>/roles", _role({"get": "list", "post": "create"})),
    path("servers/<str:server_id>/roles/order", _role({"put": "reorder"})),
    path("servers/<str:server_id>/roles/<str:role_id>", _role({"patch": "partial_update", "delete": "destroy"})),
    path("servers/<str:server_id>/permissions/@me", _permission({"get": "mine_in_server"})),
    path("servers/<str:server_id>/permissions/<str:user_id>", _permission({"get": "in_server"})),
    path("servers/<str:server_id>/categories", _category({"get": "list", "post": "create"})),
    path("servers/<str:server_id>/categories/order", _category({"put": "reorder"})),
    path(
        "servers/<str:server_id>/categories/<str:category_id>",
        _category({"patch": "partial_update", "delete": "destroy"}),
    ),
    path("servers/<str:server_id>/channels/order", _channel({"put": "reorder"})),
    path("servers/<str:server_id>/channels", _channel({"get": "list", "post": "create"})),
    path(
        "servers/<str:server_id>/channels/<str:channel_id>",
        _channel({"get": "retrieve", "patch": "partial_update", "delete": "destroy"}),
    ),
    path("channels/<str:channel_id>/overrides", _override({"get": "list", "put": "replace"})),
    path("channels/<str:channel_id>/overrides/<str:override_id>", _override({"delete": "destroy"})),
    path("channels/<str:channel_id>/permissions/@me", _permission({"get": "mine_in_channel"})),
    path("channels/<str:channel_id>/permissions/<str:user_id>", _permission({"get": "in_channel"})),
    path("channels/<str:channel_id>/messages/purge", _message({"post": "purge"})),
    path("channels/<str:channel_id>/messages/<str:message_id>", _message({"get": "retrieve"})),
    path("messages/<str:message_id>", _message({"patch": "partial_update", "delete": "destroy"})),
    path("servers/<str:server_id>/invites", _invite({"get": "list", "post": "create"})),
    path("servers/<str:server_id>/invites/<str:invite_id>", _invite({"delete": "destroy"})),
    path("invites/<str:code>", _invite({"get": "retrieve"})),
    path("invites/<str:code>/accept", _invite({"post": "accept"})),
    path("server-templates", TemplateViewSet.as_view({"get": "list"})),
    path("servers/<str:server_id>/audit-logs", _audit({"get": "list"})),
    path("admin/stats", _instance({"get": "stats"})),
    path("admin/settings", _instance({"get": "show_settings", "patch": "change_settings"})),
    path("admin/users", _instance({"get": "users"})),
    path("admin/users/<str:user_id>", _instance({"patch": "update_user", "delete": "delete_user"})),
    path("admin/servers", _instance({"get": "servers"})),
    path("admin/servers/<str:server_id>", _instance({"delete": "delete_server"})),
    path("health", _health({"get": "health"})),
    path("health/live", _health({"get": "live"})),
    path("health/ready", _health({"get": "ready"})),
    path("schema", _description({"get": "retrieve"}), name="schema"),
    path("docs", _description({"get": "page"}), name="docs"),
    # Any character, line breaks too.
    re_path(r"^[\s\S]*\Z", UnknownViewSet.as_view({"get": "http_method_not_allowed"})),
]
