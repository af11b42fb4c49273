"""Who is in which voice channel, in Django admin."""

from django.contrib import admin

from together.admin import ReadOnlyAdmin
from voice.models import VoiceState


@admin.register(VoiceState)
class VoiceStateAdmin(ReadOnlyAdmin):
    server_path = "channel__server"
    list_display = ["user", "channel", "channel__server", "self_mute", "self_deaf", "server_mute", "server_deaf"]
    list_select_related = ["user", "channel__server"]
    search_fields = ["user__username", "channel__name", "channel__server__name"]
