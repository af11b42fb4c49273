from django.apps import AppConfig


class TogetherConfig(AppConfig):
    name = "together"
    verbose_name = "Together"

    def ready(self) -> None:
        from together.events import purge  # noqa: F401
