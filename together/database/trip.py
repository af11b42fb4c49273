"""Several statements in one trip to the database: on the hottest paths a trip costs more than what is done there.

Planning them would cost PostgreSQL more, too. They are prepared once for each connection, and then only carried out
(https://www.postgresql.org/docs/current/sql-prepare.html): a send costs it half.
"""

import hashlib
import re
from collections.abc import Mapping
from functools import cache
from typing import Any, NamedTuple

import psycopg
from django.db.transaction import get_connection

from together.database.postgresql.connection import Connection, Rows

__all__ = ["Rows", "trip"]

_VALUE = re.compile(r"%\((\w+)\)s")
_TABLE = re.compile(r"\b(?:FROM|INTO|UPDATE)\s+([a-z_]+)")
# What there is to plan; anything else, such as SET, is sent as it is.
_PLANNED = ("SELECT", "INSERT", "UPDATE", "WITH")
# A column has another type since, or somebody else has prepared or dropped statements there.
_STALE = {"0A000", "26000", "42P05"}


class _Message(NamedTuple):
    """What is sent, with places for values; their names there and here; and what has to be prepared before."""

    text: bytes
    names: tuple[tuple[bytes, str], ...]
    preparations: tuple[bytes, ...]


def trip(*statements: str, values: Mapping[str, Any], last: bool = False) -> list[Rows]:
    """Carry out statements in their order and return the rows of each. All take their `%(name)s` from the same values.

    Give constants, one statement in each. Each sees what others had committed when it began, also while an earlier one
    waited for a row: as if they had been sent one by one. (Not after waiting for a whole table that is written anew,
    which then looks empty.) Outside a transaction they succeed or fail together all the same (PostgreSQL, "Multiple
    Statements in a Simple Query"). Raises `OperationalError` where a connection's statements are of no use any more.

    What is asked `last` in a transaction commits it in the same trip. Whatever its block asks then is refused, and what
    goes wrong there undoes nothing, though what waits for the commit is not done then. In a block within another the
    outer one commits, as always.
    """
    database = get_connection()
    database.ensure_connection()
    database.validate_no_broken_transaction()
    driver: Connection = database.connection
    message = _message(statements)
    ends = last and database.in_atomic_block and not database.savepoint_ids
    with database.wrap_database_errors:
        literals = {place: driver.literal(values[name]) for place, name in message.names}
        sent = message.text % literals
        try:
            for preparation in message.preparations:
                if preparation not in driver.prepared:
                    driver.ask(preparation)
                    driver.prepared.add(preparation)
            results = driver.ask(sent, last=ends)
        except psycopg.Error as error:
            if ends:
                # A commit that failed leaves no transaction behind that would refuse what comes next.
                database.needs_rollback = True
            if error.sqlstate not in _STALE:
                raise
            # Whoever comes next gets another connection, which is told everything anew.
            driver.close()
            raise psycopg.OperationalError(*error.args) from error
    if database.queries_logged:
        database.queries_log.append({"sql": sent.decode()})
    return results


@cache
def _message(statements: tuple[str, ...]) -> _Message:
    names = {name: None for statement in statements for name in _VALUE.findall(statement)}
    prepared = [_prepared(statement) for statement in statements]
    return _Message(
        ";".join(execution for _preparation, execution in prepared).encode(),
        tuple((name.encode(), name) for name in names),
        tuple(preparation.encode() for preparation, _execution in prepared if preparation),
    )


def _prepared(statement: str) -> tuple[str, str]:
    """How a statement is prepared, if at all, and how it is carried out then."""
    if not statement.lstrip().startswith(_PLANNED):
        return "", statement
    names = list(dict.fromkeys(_VALUE.findall(statement)))
    places = {name: f"${place}" for place, name in enumerate(names, 1)}
    numbered = _VALUE.sub(lambda value: places[value[1]], statement)
    if "%" in numbered or ";" in numbered:
        raise ValueError("One statement in each, please, and nothing else with a percent sign.")
    # The table is for who reads the database's log.
    table = _TABLE.search(statement)
    handle = f"trip_{table[1] if table else ''}_{hashlib.sha256(statement.encode()).hexdigest()[:12]}"
    given = "({})".format(", ".join(f"%({name})s" for name in names)) if names else ""
    return f"PREPARE {handle} AS {numbered}", f"EXECUTE {handle} {given}"
