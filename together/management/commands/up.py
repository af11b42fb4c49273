"""`manage.py up`: everything that a running Together needs, in one process."""

import os
import signal
import sys
from contextlib import suppress
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand

from together.database.embedded import Cluster
from together.launch.database import database
from together.launch.parent import end_with_make
from together.launch.preparation import DEMO_PASSWORD, prepare
from together.launch.server import bind, serve


class Command(BaseCommand):
    help = "Runs Together: starts the database unless DATABASE_URL is set, migrates, and serves until it is stopped."

    def handle(self, *args: Any, **options: Any) -> None:
        cluster = Cluster(settings.DATA_DIR) if settings.EMBEDDED_DATABASE else None
        self._leave_at_once_when_told(cluster)
        end_with_make()
        with suppress(KeyboardInterrupt), bind(settings.HOST, settings.PORT) as listener, database(cluster):
            names = prepare()

            from together.asgi import application

            self._leave_in_order_when_told()
            serve(application, listener, announce=lambda: self._announce(names))

    def _leave_at_once_when_told(self, cluster: Cluster | None) -> None:
        def leave(*_: object) -> None:
            if cluster is not None:
                cluster.stop()
            os._exit(0)

        # An exception out of a signal may be lost in whatever it interrupts, and nothing is under way yet.
        for sign in (signal.SIGINT, signal.SIGTERM):
            signal.signal(sign, leave)

    def _leave_in_order_when_told(self) -> None:
        # The server listens to both while it runs, and passes them on once it has ended. That is no failure.
        signal.signal(signal.SIGINT, signal.default_int_handler)
        signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))

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
