from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class GuildsConfig(AppConfig):
    name = "guilds"
    verbose_name = _("Servers")

    def ready(self) -> None:
        from guilds import events, farewell, invitations, presence, purge  # noqa: F401  (they register builders, receivers and jobs)
