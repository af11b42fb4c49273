"""Fields whose rules the database itself keeps."""

from typing import Any, Literal

from django.db import models

OnDelete = Literal["CASCADE", "SET NULL", "RESTRICT"]


class ForeignKey(models.ForeignKey):  # type: ignore[type-arg]
    """A foreign key whose deletion rule PostgreSQL carries out, while the ORM does nothing beside it.

    `db_on_delete` is what happens to this row when the one it points at goes. Signals of rows that go are not sent.
    """

    def __init__(self, to: Any, db_on_delete: OnDelete = "CASCADE", **kwargs: Any) -> None:
        self.db_on_delete = db_on_delete
        kwargs["on_delete"] = models.DO_NOTHING
        super().__init__(to, **kwargs)

    def deconstruct(self) -> tuple[str, str, Any, dict[str, Any]]:
        name, path, args, kwargs = super().deconstruct()
        # Under a name of our own: a change of `on_delete` alone makes Django leave the constraint as it was.
        del kwargs["on_delete"]
        return name, path, args, {**kwargs, "db_on_delete": self.db_on_delete}


class OneToOneField(ForeignKey, models.OneToOneField):  # type: ignore[type-arg]
    """A one-to-one link with its deletion rule in the database."""
