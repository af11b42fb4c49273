"""Django's PostgreSQL backend, with foreign keys that say in the database what a deletion does.

A rule that only the ORM knows is not a rule: a plain `DELETE` must do the same thing (schema.md).
"""

from functools import cache
from typing import Any

from django.db import models
from django.db.backends.postgresql import base, schema
from django.db.models.fields.related import ForeignKey
from psycopg.adapt import AdaptersMap
from psycopg.types.datetime import TimestamptzLoader

RULES: dict[Any, str] = {models.CASCADE: "CASCADE", models.SET_NULL: "SET NULL", models.DO_NOTHING: "NO ACTION"}


def rule(field: ForeignKey[Any, Any]) -> str:
    """The `ON DELETE` action of a foreign key: its own (`together.database.fields`), else what its ORM rule means."""
    return getattr(field, "db_on_delete", None) or RULES.get(field.remote_field.on_delete, "NO ACTION")


class DatabaseSchemaEditor(schema.DatabaseSchemaEditor):
    # Inline keys would bypass `_create_fk_sql`, the one place that writes the rule.
    sql_create_column_inline_fk: Any = None

    def _create_fk_sql(self, model: Any, field: Any, suffix: str) -> Any:
        statement = super()._create_fk_sql(model, field, suffix)  # type: ignore[misc]
        statement.template = statement.template.replace("%(deferrable)s", f" ON DELETE {rule(field)}%(deferrable)s")
        return statement


class DatabaseWrapper(base.DatabaseWrapper):
    """Moments are read by the driver's own loader: Django's, in Python, costs a fifth of reading a page of history."""

    SchemaEditorClass = DatabaseSchemaEditor

    def get_connection_params(self) -> dict[str, Any]:
        params = super().get_connection_params()
        return {**params, "context": _quick(params["context"])}

    def create_cursor(self, name: str | None = None) -> Any:
        # What Django's does besides is to register its loader. Connections are in UTC, as the settings have it.
        if name:
            return base.ServerSideCursor(  # type: ignore[call-arg]
                self.connection, name=name, scrollable=False, withhold=self.connection.autocommit
            )
        return self.connection.cursor()


@cache
def _quick(context: AdaptersMap) -> AdaptersMap:
    quick = AdaptersMap(context)
    quick.register_loader("timestamptz", TimestamptzLoader)
    return quick
