"""Several statements in one trip to the database: on the hottest paths a trip costs more than what is done there."""

from collections.abc import Mapping
from typing import Any

from django.db import connection

Rows = list[tuple[Any, ...]]


def trip(*statements: str, values: Mapping[str, Any]) -> list[Rows]:
    """Carry out statements in their order and return the rows of each. All take their `%(name)s` from the same values.

    Each sees what others had committed when it began, also while an earlier one waited for a lock: as if they had been
    sent one by one. Outside a transaction they succeed or fail together all the same (PostgreSQL, "Multiple Statements
    in a Simple Query").
    """
    with connection.cursor() as wrapper:
        wrapper.execute(";".join(statements), values)
        # Everything is here by now. Django's wrapper would look up each name on the driver's cursor anew.
        cursor = wrapper.cursor
        results = [_rows(cursor)]
        while cursor.nextset():
            results.append(_rows(cursor))
    return results


def _rows(cursor: Any) -> Rows:
    # Not by `description`, which describes each column anew.
    return list(cursor.fetchall()) if cursor.pgresult.ntuples else []
