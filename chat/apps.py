from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class ChatConfig(AppConfig):
    name = "chat"
    verbose_name = _("Chat")

    def ready(self) -> None:
        from chat import events  # noqa: F401  (registers how events are built)
        from chat.purge import purge_messages
        from guilds.signals import server_purging

        server_purging.connect(purge_messages)
