"""A database of its own for tests of what changes the schema."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import psycopg
from django.db import connections

ALIAS = "scratch"


@contextmanager
def scratch_database(**elsewhere: Any) -> Iterator[str]:
    """An empty database beside the suite's, or in another cluster (`HOST=…`), as a Django alias; gone afterwards."""
    wrapper = connections["default"]
    settings = {**wrapper.settings_dict, "NAME": f"{wrapper.settings_dict['NAME']}_scratch", **elsewhere}
    # A pool would hold on to connections, and the database could not be dropped.
    settings["OPTIONS"] = {name: value for name, value in settings["OPTIONS"].items() if name != "pool"}
    _run(settings, 'DROP DATABASE IF EXISTS "{NAME}"', 'CREATE DATABASE "{NAME}"')
    connections.databases[ALIAS] = settings
    try:
        yield ALIAS
    finally:
        connections[ALIAS].close()
        del connections[ALIAS], connections.databases[ALIAS]
        _run(settings, 'DROP DATABASE "{NAME}"')


def _run(settings: dict[str, Any], *statements: str) -> None:
    where = {"host": settings["HOST"], "port": settings["PORT"] or None, "user": settings["USER"]}
    with psycopg.connect(**where, password=settings["PASSWORD"], dbname="postgres", autocommit=True) as connection:
        for statement in statements:
            connection.execute(statement.format(**settings))
