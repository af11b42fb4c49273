"""The driver's connection, with a way past its cursors: on the hottest paths they cost as much as the trip itself."""

from collections.abc import Callable
from functools import cached_property
from typing import Any

import psycopg
from psycopg import abc
from psycopg.adapt import Transformer
from psycopg.errors import error_from_result
from psycopg.generators import execute
from psycopg.pq import ExecStatus, TransactionStatus
from psycopg.pq.abc import PGresult

Row = tuple[Any, ...]
Rows = list[Row]


class Connection(psycopg.Connection[Row]):
    """A connection of the pool. Whoever prepares statements on it notes their handles in `prepared`."""

    @cached_property
    def prepared(self) -> set[bytes]:
        return set()

    @cached_property
    def literal(self) -> Callable[[Any], bytes]:
        """How a value is written in SQL."""
        return self._transformer.as_literal

    def ask(self, message: bytes) -> list[Rows]:
        """Carry out one or more statements in one message, and return the rows of each.

        As with a cursor it begins a transaction where one is due, and raises `psycopg.Error`. A message that is no SQL
        begins none.
        """
        with self.lock:
            return self.wait(self._ask(message))

    def _ask(self, message: bytes) -> abc.PQGen[list[Rows]]:
        begins = not self.autocommit and self.pgconn.transaction_status == TransactionStatus.IDLE
        self.pgconn.send_query(self._get_tx_start_command() + b";" + message if begins else message)
        results = yield from execute(self.pgconn)
        if results[-1].status == ExecStatus.FATAL_ERROR:
            raise error_from_result(results[-1])
        return [self._rows(result) for result in results[begins:]]

    def _rows(self, result: PGresult) -> Rows:
        if not result.ntuples:
            return []
        self._transformer.set_pgresult(result)
        try:
            return self._transformer.load_rows(0, result.ntuples, tuple)
        finally:
            # Else it would be kept for as long as the connection.
            self._transformer.set_pgresult(None)

    @cached_property
    def _transformer(self) -> abc.Transformer:
        # Kept, because it learns how each type is written and read; nobody changes a connection's settings later.
        return Transformer.from_context(self)
