"""Whether people are there, for those who list them."""

from typing import TypeVar

from django.db.models import Exists, Model, OuterRef, QuerySet

from accounts.models import Presence

Row = TypeVar("Row", bound=Model)


def with_presence(rows: QuerySet[Row], of: str = "pk") -> QuerySet[Row]:
    """Those rows, each with `live`: whether a socket of that person is open. `of` is the column that names them."""
    return rows.annotate(live=Exists(Presence.objects.live().filter(user=OuterRef(of))))
