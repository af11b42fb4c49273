"""Whether people are there, for those who list them."""

from typing import Any, TypeVar

from django.db.models import Exists, OuterRef, QuerySet

from accounts.models import Presence

Rows = TypeVar("Rows", bound=QuerySet[Any])


def with_presence(rows: Rows, of: str = "pk") -> Rows:
    """Those rows, each with `live`: whether a socket of that person is open. `of` is the column that names them."""
    return rows.annotate(live=Exists(Presence.objects.live().filter(user=OuterRef(of))))
