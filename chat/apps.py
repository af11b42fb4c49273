from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class ChatConfig(AppConfig):
    name = "chat"
    verbose_name = _("Chat")

    def ready(self) -> None:
        from chat import events, slow_mode  # noqa: F401  (they register builders and jobs)
        from chat.moderation import purge_unwanted
        from chat.purge import purge_messages
        from chat.read_states import count, forget
        from guilds.signals import channels_listed, membership_ended, posts_unwanted, server_purging

        server_purging.connect(purge_messages)
        posts_unwanted.connect(purge_unwanted)
        channels_listed.connect(count)
        membership_ended.connect(forget)
