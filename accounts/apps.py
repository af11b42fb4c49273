from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class AccountsConfig(AppConfig):
    name = "accounts"
    verbose_name = _("Accounts")

    def ready(self) -> None:
        from accounts import events, pages, purge  # noqa: F401  (they register builders, receivers and jobs)
        from accounts.actions import presence  # noqa: F401
