"""The addresses of the pages about servers. They come before chat's, whose pattern would take `new` for a channel."""

from django.urls import path

from guilds import views

urlpatterns = [
    path("servers", views.servers, name="servers"),
    path("servers/new", views.new_server, name="server_new"),
    path("servers/<uuid:server_id>/join", views.join_server, name="server_join"),
    path("servers/<uuid:server_id>/leave", views.leave_server, name="server_leave"),
    path("channels/<uuid:server_id>", views.server, name="server"),
    path("channels/<uuid:server_id>/new", views.new_channel, name="channel_new"),
    path("channels/<uuid:server_id>/panels", views.panels, name="panels"),
]
