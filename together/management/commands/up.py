"""`manage.py up`: everything that a running Together needs, in one process."""

import signal
import sys
from contextlib import suppress
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand

from together.launch.database import database
from together.launch.parent import end_with_make
from together.launch.preparation import DEMO_PASSWORD, prepare
from together.launch.server import bind, serve


class Command(BaseCommand):
    help = "Runs Together: starts the database unless DATABASE_URL is set, migrates, and serves until it is stopped."

    def handle(self, *args: Any, **options: Any) -> None:
        # Being told to stop is no failure.
        signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
        end_with_make()
        with suppress(KeyboardInterrupt), bind(settings.HOST, settings.PORT) as listener, database():
            names = prepare()

            from together.asgi import application

            serve(application, listener, announce=lambda: self._announce(names))

    def _announce(self, names: list[str]) -> None:
        self.stdout.write(f"Together is at {settings.PUBLIC_URL} and keeps its data in {settings.DATA_DIR}.")
        if settings.TOGETHER_ENV == "production":
            self.stdout.write(f"It listens on {settings.HOST}:{settings.PORT}.")
        if names:
            self.stdout.write(f"Sign in as {_listed(names)} with the password {DEMO_PASSWORD}.")
        self.stdout.write("Ctrl-C stops it.")
        self.stdout.flush()


def _listed(names: list[str]) -> str:
    return " or ".join(filter(None, [", ".join(names[:-1]), names[-1]]))
