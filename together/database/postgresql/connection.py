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

    # Whether this transaction was committed with its last message, although nobody has said so yet.
    _over = False

    def ask(self, message: bytes, *, last: bool = False) -> list[Rows]:
        """Carry out one or more statements in one message, and return the rows of each.

        As with a cursor it begins a transaction where one is due, and raises `psycopg.Error`. A message that is no SQL
        begins none. The `last` one of a transaction commits it, too: whatever else is asked before autocommit is set
        again is refused.
        """
        with self.lock:
            return self.wait(self._ask(message, last))

    def set_autocommit(self, value: bool) -> None:
        """As the driver's. Django says this at the end of each transaction, and once the pool has handed it out."""
        super().set_autocommit(value)
        self._over = False

    def _ask(self, message: bytes, last: bool) -> abc.PQGen[list[Rows]]:
        begins = not self.autocommit and self.pgconn.transaction_status == TransactionStatus.IDLE
        parts = [self._get_tx_start_command()] * begins + [message] + [b"COMMIT"] * last
        self.pgconn.send_query(b";".join(parts))
        results = yield from execute(self.pgconn)
        if results[-1].status == ExecStatus.FATAL_ERROR:
            raise error_from_result(results[-1])
        self._over = last
        return [self._rows(result) for result in results[begins : len(results) - last]]

    def _get_tx_start_command(self) -> bytes:
        if self._over:
            raise psycopg.ProgrammingError("This transaction has been committed with its last message already.")
        return super()._get_tx_start_command()

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
