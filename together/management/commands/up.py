"""`manage.py up`: everything that a running Together needs, in one process, or a part of it (`--only`)."""

import os
import signal
import sys
from contextlib import suppress
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandParser

from together.database.embedded import Cluster
from together.launch import CannotStart
from together.launch.database import database
from together.launch.http import serve_http
from together.launch.parent import end_with_make
from together.launch.preparation import DEMO_PASSWORD, prepare
from together.launch.server import bind, serve

_PARTS = {"http": "HTTP part", "gateway": "gateway"}


class Command(BaseCommand):
    help = "Runs Together: starts the database unless DATABASE_URL is set, migrates, and serves until it is stopped."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--only", choices=_PARTS, help="one part of it, for several processes")

    def handle(self, *args: Any, only: str | None = None, **options: Any) -> None:
        if only and not settings.REDIS_URL:
            raise CannotStart("REDIS_URL must be set with --only: news travels between processes through Redis.")
        cluster = Cluster(settings.DATA_DIR) if settings.EMBEDDED_DATABASE else None
        self._leave_at_once_when_told(cluster)
        end_with_make()
        with suppress(KeyboardInterrupt), bind(settings.HOST, settings.PORT) as listener, database(cluster):
            names = prepare()
            if only == "http":
                listener.close()
                serve_http(settings.HOST, settings.PORT, announce=lambda: self._announce(names, only))
                return

            from together.asgi import Application

            self._leave_in_order_when_told()
            serve(Application(site=not only), listener, announce=lambda: self._announce(names, only))

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

    def _announce(self, names: list[str], only: str | None) -> None:
        if only:
            self.stdout.write(f"The {_PARTS[only]} of Together, which is at {settings.PUBLIC_URL}.")
        else:
            self.stdout.write(f"Together is at {settings.PUBLIC_URL} and keeps its data in {settings.DATA_DIR}.")
        if only or settings.TOGETHER_ENV == "production":
            self.stdout.write(f"It listens on {settings.ADDRESS}.")
        if names and only != "gateway":
            self.stdout.write(f"Sign in as {_listed(names)} with the password {DEMO_PASSWORD}.")
        self.stdout.write("Ctrl-C stops it.")
        self.stdout.flush()


def _listed(names: list[str]) -> str:
    return " or ".join(filter(None, [", ".join(names[:-1]), names[-1]]))
