from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class VoiceConfig(AppConfig):
    name = "voice"
    verbose_name = _("Voice")

    def ready(self) -> None:
        from guilds.signals import membership_ended
        from voice.actions import disconnect

        membership_ended.connect(disconnect)
