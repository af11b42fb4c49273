#!/usr/bin/env python
"""The way in to every command: `manage.py up` runs Together, `manage.py help` lists the rest."""

import os
import signal
import sys
from contextlib import AbstractContextManager, nullcontext

# These work without a database, or (`up`) look after one themselves.
WITHOUT_DATABASE = {"help", "version", "up", "collectstatic", "makemessages", "compilemessages"}


def main() -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "together.settings")
    if sys.argv[1:2] == ["up"]:
        # Told to stop before it has begun; from then on it looks after that itself.
        signal.signal(signal.SIGTERM, lambda *_: os._exit(0))
        signal.signal(signal.SIGINT, lambda *_: os._exit(0))

    from django.core.exceptions import ImproperlyConfigured
    from django.core.management import execute_from_command_line

    from together.database.embedded import DatabaseUnavailable
    from together.launch import CannotStart

    try:
        with database_for(sys.argv[1:]):
            execute_from_command_line(sys.argv)
    except (ImproperlyConfigured, DatabaseUnavailable, CannotStart) as error:
        sys.exit(str(error))
    except KeyboardInterrupt:
        sys.exit(128 + signal.SIGINT)


def database_for(arguments: list[str]) -> AbstractContextManager[object]:
    """The embedded PostgreSQL while a command runs, when it needs one and DATABASE_URL names none."""
    from django.conf import settings

    from together.database.embedded import Cluster

    command = arguments[0] if arguments else "help"
    if command.startswith("-") or command in WITHOUT_DATABASE or {"-h", "--help"} & set(arguments):
        return nullcontext()
    if command == "check" and not any(argument.startswith("--database") for argument in arguments):
        return nullcontext()
    # Ended by an exception, so that the database is stopped.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(128 + signal.SIGTERM))
    return Cluster(settings.DATA_DIR) if settings.EMBEDDED_DATABASE else nullcontext()


if __name__ == "__main__":
    main()
