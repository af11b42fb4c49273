from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class VoiceConfig(AppConfig):
    name = "voice"
    verbose_name = _("Voice")

    def ready(self) -> None:
        from guilds.signals import member_timed_out, membership_ended
        from voice.actions import disconnect

        membership_ended.connect(disconnect)
        member_timed_out.connect(disconnect)
