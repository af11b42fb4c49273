"""The column that holds permission flags."""

from typing import Any

from django.db import models


class FlagsField(models.BigIntegerField):  # type: ignore[type-arg]
    """Permission flags, kept as a 64-bit integer."""

    def __init__(self, **kwargs: Any) -> None:
        kwargs.setdefault("default", 0)
        super().__init__(**kwargs)
