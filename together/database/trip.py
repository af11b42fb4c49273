"""Several statements in one trip to the database: on the hottest paths a trip costs more than what is done there.

Planning them would cost PostgreSQL more, too. They are prepared once for each connection, and then only carried out
(https://www.postgresql.org/docs/current/sql-prepare.html): a send costs it half.
"""

import hashlib
import re
from collections.abc import Mapping
from functools import cache
from typing import Any, NamedTuple
from weakref import WeakKeyDictionary

from django.db import DatabaseError, OperationalError, connection

Rows = list[tuple[Any, ...]]

_VALUE = re.compile(r"%\((\w+)\)s")
_TABLE = re.compile(r"\b(?:FROM|INTO|UPDATE)\s+([a-z_]+)")
# What there is to plan; anything else, such as SET, is sent as it is.
_PLANNED = ("SELECT", "INSERT", "UPDATE", "WITH")
# A column has another type since, or somebody else has prepared or dropped statements there.
_STALE = {"0A000", "26000", "42P05"}
# What has been prepared, by connection.
_prepared: WeakKeyDictionary[Any, set[str]] = WeakKeyDictionary()


class _Form(NamedTuple):
    preparation: str
    execution: str


def trip(*statements: str, values: Mapping[str, Any]) -> list[Rows]:
    """Carry out statements in their order and return the rows of each. All take their `%(name)s` from the same values.

    Give constants, one statement in each. Each sees what others had committed when it began, also while an earlier one
    waited for a row: as if they had been sent one by one. (Not after waiting for a whole table that is written anew,
    which then looks empty.) Outside a transaction they succeed or fail together all the same (PostgreSQL, "Multiple
    Statements in a Simple Query"). Raises `OperationalError` where a connection's statements are of no use any more.
    """
    with connection.cursor() as wrapper:
        # Django's wrapper would look up each name on the driver's cursor anew.
        cursor = wrapper.cursor
        try:
            _prepare(cursor, statements)
            wrapper.execute(";".join([_form(statement).execution for statement in statements]), values)
        except DatabaseError as error:
            if getattr(error.__cause__, "sqlstate", None) not in _STALE:
                raise
            # Whoever comes next gets another connection, which is told everything anew.
            cursor.connection.close()
            raise OperationalError(*error.args) from error
        # Everything is here by now.
        results = [_rows(cursor)]
        while cursor.nextset():
            results.append(_rows(cursor))
    return results


def _prepare(cursor: Any, statements: tuple[str, ...]) -> None:
    prepared = _prepared.setdefault(cursor.connection, set())
    for statement in statements:
        if statement not in prepared:
            if preparation := _form(statement).preparation:
                # Past Django, which counts what is asked: this happens on a connection's first time only.
                with connection.wrap_database_errors:
                    cursor.execute(preparation)
            prepared.add(statement)


@cache
def _form(statement: str) -> _Form:
    if not statement.lstrip().startswith(_PLANNED):
        return _Form("", statement)
    names = list(dict.fromkeys(_VALUE.findall(statement)))
    places = {name: f"${place}" for place, name in enumerate(names, 1)}
    numbered = _VALUE.sub(lambda value: places[value[1]], statement)
    if "%" in numbered or ";" in numbered:
        raise ValueError("One statement in each, please, and nothing else with a percent sign.")
    # The table is for who reads the database's log.
    table = _TABLE.search(statement)
    handle = f"trip_{table[1] if table else ''}_{hashlib.sha256(statement.encode()).hexdigest()[:12]}"
    values = "({})".format(", ".join(f"%({name})s" for name in names)) if names else ""
    return _Form(f"PREPARE {handle} AS {numbered}", f"EXECUTE {handle} {values}")


def _rows(cursor: Any) -> Rows:
    # Not by `description`, which describes each column anew.
    return list(cursor.fetchall()) if cursor.pgresult.ntuples else []
