"""Bases of the serializers: what comes in, what is asked for in a query string."""

from collections.abc import Mapping
from copy import copy
from typing import Any

from django.utils.translation import gettext as _
from rest_framework import serializers
from rest_framework.exceptions import ValidationError


class Shape(serializers.Serializer[Any]):
    """What comes in, each time with the same fields: they are copied, where Django REST framework builds them anew."""

    def get_fields(self) -> dict[str, serializers.Field[Any, Any, Any, Any]]:
        return {name: copy(field) for name, field in self._declared_fields.items()}


class Input(Shape):
    """A request body. `null` for an optional value is the same as leaving it out. Unknown keys are ignored."""

    # Those optional values that null clears.
    clears: tuple[str, ...] = ()
    # Where an unknown key is refused (422).
    strict = False

    def get_fields(self) -> dict[str, serializers.Field[Any, Any, Any, Any]]:
        fields = super().get_fields()
        for field in fields.values():
            field.allow_null = not field.required
        return fields

    def to_internal_value(self, data: Any) -> Any:
        if not isinstance(data, Mapping):
            raise ValidationError({"non_field_errors": [_("The body must be a JSON object.")]}, code="invalid_type")
        if self.strict and (unknown := sorted(set(data) - set(self.fields))):
            message = _("This field is not known.")
            raise ValidationError({name[:40]: [message] for name in unknown[:10]}, code="unknown_field")
        return super().to_internal_value({name: value for name, value in data.items() if self._counts(name, value)})

    def _counts(self, name: str, value: Any) -> bool:
        field = self.fields.get(name)
        return value is not None or name in self.clears or field is None or field.required


class Query(Shape):
    """The known parameters of a query string; unknown ones are ignored."""
