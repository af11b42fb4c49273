"""The addresses of the pages about messages."""

from django.urls import path

from chat import views
from chat.purging import purge

urlpatterns = [
    path("channels/<uuid:server_id>/<uuid:channel_id>", views.channel, name="channel"),
    path("channels/<uuid:server_id>/<uuid:channel_id>/composer", views.composer, name="composer"),
    path("channels/<uuid:server_id>/<uuid:channel_id>/purge", purge, name="messages_purge"),
    path("channels/<uuid:server_id>/<uuid:channel_id>/read", views.read, name="channel_read"),
    path("messages/<uuid:message_id>", views.message, name="message"),
    path("messages/<uuid:message_id>/edit", views.edit_message, name="message_edit"),
    path("messages/<uuid:message_id>/delete", views.delete_message, name="message_delete"),
]
