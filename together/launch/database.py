"""The database while the server runs."""

import logging
import threading
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager

import psycopg
from django.db import connection

from together.database.embedded import Cluster, DatabaseUnavailable

from . import CannotStart

# Seconds between two looks at whether the embedded database is still there.
_WATCH = 1.0

logger = logging.getLogger(__name__)


@contextmanager
def database(cluster: Cluster | None) -> Iterator[None]:
    """A database that answers: the embedded one, started again should it fall, or else the one DATABASE_URL names.

    Raises CannotStart or DatabaseUnavailable.
    """
    with ExitStack() as stack:
        if cluster is None:
            _reach()
        else:
            stack.enter_context(cluster)
            stack.enter_context(_watched(cluster))
        stack.callback(disconnect)
        yield


def disconnect() -> None:
    """Closes the connections of this process to the database; whoever needs one again opens one."""
    connection.close()
    connection.close_pool()  # type: ignore[attr-defined]


def _reach() -> None:
    try:
        psycopg.connect(**connection.get_connection_params()).close()
    except psycopg.Error as error:
        reason = str(error).strip().splitlines()[0].rstrip(".")
        raise CannotStart(f"The database that DATABASE_URL names cannot be reached: {reason}.") from error


@contextmanager
def _watched(cluster: Cluster) -> Iterator[None]:
    done = threading.Event()

    def watch() -> None:
        while not done.wait(_WATCH):
            if cluster.alive:
                continue
            logger.warning("The embedded PostgreSQL has gone and is started again.")
            try:
                cluster.start()
            except DatabaseUnavailable as error:
                logger.error("%s", error)

    # A daemon, which lives as long as the process: PostgreSQL is told to die with the thread that started it.
    watcher = threading.Thread(target=watch, name="database", daemon=True)
    watcher.start()
    try:
        yield
    finally:
        done.set()
        watcher.join()
