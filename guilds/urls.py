"""The addresses of the pages about servers. They come before chat's, whose pattern would take `new` for a channel."""

from collections.abc import Callable
from typing import Any

from django.urls import URLPattern, path

from guilds import views


def _under(head: str, pages: list[tuple[str, Callable[..., Any], str]]) -> list[URLPattern]:
    return [path(head + tail, view, name=name) for tail, view, name in pages]


urlpatterns = [
    path("servers", views.servers, name="servers"),
    path("servers/new", views.new_server, name="server_new"),
    path("servers/<uuid:server_id>/join", views.join_server, name="server_join"),
    path("servers/<uuid:server_id>/leave", views.leave_server, name="server_leave"),
    path("sessions/acts", views.acts_on_me, name="acts_on_me"),
    path("invite/<str:code>", views.invite, name="invite"),
    path("channels/<uuid:server_id>", views.server, name="server"),
    path("channels/<uuid:server_id>/new", views.new_channel, name="channel_new"),
    path("channels/<uuid:server_id>/panels", views.panels, name="panels"),
    *_under(
        "channels/<uuid:server_id>/settings",
        [
            ("", views.overview, "settings"),
            ("/everyone", views.default_permissions, "settings_everyone"),
            ("/delete", views.delete_server, "server_delete"),
            ("/channels", views.arrange, "settings_channels"),
            ("/channels/order", views.order_channels, "channels_order"),
            ("/roles", views.list_roles, "settings_roles"),
            ("/roles/order", views.order_roles, "roles_order"),
            ("/roles/<uuid:role_id>", views.role, "settings_role"),
            ("/roles/<uuid:role_id>/delete", views.delete_role, "role_delete"),
            ("/preview", views.preview, "settings_preview"),
            ("/members", views.list_members, "settings_members"),
            ("/invites", views.list_invites, "settings_invites"),
            ("/invites/<uuid:invite_id>/revoke", views.revoke_invite, "invite_revoke"),
            ("/bans", views.list_bans, "settings_bans"),
            ("/bans/<uuid:user_id>/lift", views.lift_ban, "ban_lift"),
            ("/audit", views.audit_log, "settings_audit"),
        ],
    ),
    *_under(
        "channels/<uuid:server_id>/members/<uuid:user_id>",
        [
            ("", views.member, "member"),
            ("/roles", views.member_roles, "member_roles"),
            ("/nickname", views.member_nickname, "member_nickname"),
            ("/timeout", views.time_out, "member_time_out"),
            ("/timeout/end", views.end_timeout, "member_end_timeout"),
            ("/kick", views.kick, "member_kick"),
            ("/ban", views.ban, "member_ban"),
            ("/transfer", views.transfer, "server_transfer"),
        ],
    ),
    *_under(
        "channels/<uuid:server_id>/<uuid:channel_id>/settings",
        [
            ("", views.channel_settings, "channel_settings"),
            ("/delete", views.delete_channel, "channel_delete"),
            ("/permissions", views.channel_permissions, "channel_permissions"),
            ("/rules", views.channel_rules, "channel_rules"),
            ("/why", views.why, "channel_why"),
        ],
    ),
]
