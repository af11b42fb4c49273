"""Several statements in one trip to the database: on the hottest paths a trip costs more than what is done there.

Planning them would cost more, too. Each is planned once in the life of a connection, as a prepared statement
(https://www.postgresql.org/docs/current/sql-prepare.html): a send costs PostgreSQL less than half of what it would.
"""

import hashlib
import re
from collections.abc import Mapping
from functools import cache
from typing import Any
from weakref import WeakKeyDictionary

from django.db import connection

Rows = list[tuple[Any, ...]]

_VALUE = re.compile(r"%\((\w+)\)s")
# What there is to plan; anything else is sent as it is.
_PLANNED = ("SELECT", "INSERT", "UPDATE", "WITH")
# What has been prepared, by connection.
_prepared: WeakKeyDictionary[Any, set[str]] = WeakKeyDictionary()


def trip(*statements: str, values: Mapping[str, Any]) -> list[Rows]:
    """Carry out statements in their order and return the rows of each. All take their `%(name)s` from the same values.

    Give constants, one statement in each. Each sees what others had committed when it began, also while an earlier one
    waited for a lock: as if they had been sent one by one. Outside a transaction they succeed or fail together all the
    same (PostgreSQL, "Multiple Statements in a Simple Query").
    """
    with connection.cursor() as wrapper:
        # Django's wrapper would look up each name on the driver's cursor anew.
        cursor = wrapper.cursor
        _prepare(cursor, statements)
        wrapper.execute(";".join(map(_execution, statements)), values)
        # Everything is here by now.
        results = [_rows(cursor)]
        while cursor.nextset():
            results.append(_rows(cursor))
    return results


def _prepare(cursor: Any, statements: tuple[str, ...]) -> None:
    prepared = _prepared.setdefault(cursor.connection, set())
    for statement in statements:
        if statement not in prepared:
            if preparation := _preparation(statement):
                # Past Django, which counts what is asked: this happens on a connection's first time only.
                with connection.wrap_database_errors:
                    cursor.execute(preparation)
            prepared.add(statement)


def _preparation(statement: str) -> str:
    """How it is prepared; empty where there is nothing to plan."""
    if not statement.lstrip().startswith(_PLANNED):
        return ""
    places = {name: f"${place}" for place, name in enumerate(_names(statement), 1)}
    return f"PREPARE {_handle(statement)} AS {_VALUE.sub(lambda value: places[value[1]], statement)}"


@cache
def _execution(statement: str) -> str:
    if not _preparation(statement):
        return statement
    values = ", ".join(f"%({name})s" for name in _names(statement))
    return f"EXECUTE {_handle(statement)} ({values})" if values else f"EXECUTE {_handle(statement)}"


def _names(statement: str) -> list[str]:
    return list(dict.fromkeys(_VALUE.findall(statement)))


def _handle(statement: str) -> str:
    return f"trip_{hashlib.sha256(statement.encode()).hexdigest()[:16]}"


def _rows(cursor: Any) -> Rows:
    # Not by `description`, which describes each column anew.
    return list(cursor.fetchall()) if cursor.pgresult.ntuples else []
