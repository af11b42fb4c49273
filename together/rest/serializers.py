"""How things are shown in their one JSON shape, and the bases of what comes in."""

from collections.abc import Callable, Mapping
from functools import cache
from typing import Any, Self, cast

from django.utils.text import format_lazy
from django.utils.translation import gettext as _
from rest_framework import serializers
from rest_framework.exceptions import ValidationError
from rest_framework.serializers import BaseSerializer
from rest_framework.utils.formatting import lazy_format

Field = serializers.Field[Any, Any, Any, Any]


def show(serializer_class: type[BaseSerializer[Any]], thing: Any) -> Any:
    """A thing as it is on the wire. All of a kind look the same to everybody, so one serializer shows them all."""
    return _shown_by(cast(Any, serializer_class))(thing)


class Shape(serializers.Serializer[Any]):
    """What comes in. It knows nothing of who sent it: one instance reads for everybody."""

    @classmethod
    @cache
    def shared(cls) -> Self:
        """That instance: Django REST framework would build all fields anew for each request."""
        shape = cls()
        _translate_each_time(shape)
        return shape

    @classmethod
    def read(cls, data: Any) -> dict[str, Any]:
        """What was sent, as its fields understand it. Raises `ValidationError` with what is wrong with each."""
        if data is None:
            raise _not_an_object()
        understood: dict[str, Any] = cls.shared().run_validation(data)
        return understood


class Input(Shape):
    """A request body. `null` for an optional value is the same as leaving it out. Unknown keys are ignored."""

    # Those optional values that null clears.
    clears: tuple[str, ...] = ()
    # Where an unknown key is refused (422).
    strict = False

    def get_fields(self) -> dict[str, Field]:
        fields = super().get_fields()
        for field in fields.values():
            field.allow_null = not field.required
        return fields

    def to_internal_value(self, data: Any) -> Any:
        if not isinstance(data, Mapping):
            raise _not_an_object()
        if self.strict and (unknown := sorted(set(data) - set(self.fields))):
            message = _("This field is not known.")
            raise ValidationError({name[:40]: [message] for name in unknown[:10]}, code="unknown_field")
        return super().to_internal_value({name: value for name, value in data.items() if self._counts(name, value)})

    def _counts(self, name: str, value: Any) -> bool:
        field = self.fields.get(name)
        return value is not None or name in self.clears or field is None or field.required


class Query(Shape):
    """The known parameters of a query string; unknown ones are ignored."""


def _not_an_object() -> ValidationError:
    return ValidationError({"non_field_errors": [_("The body must be a JSON object.")]}, code="invalid_type")


def _translate_each_time(field: Field) -> None:
    # What a field says of a limit is put together once, in the language of whom it is first said to.
    validators: list[Any] = field.validators
    for validator in validators:
        said: Any = getattr(validator, "message", None)
        if isinstance(said, lazy_format):
            validator.message = format_lazy(cast(str, said.format_string), *said.args, **said.kwargs)
    parts = field.fields.values() if isinstance(field, serializers.Serializer) else [getattr(field, "child", None)]
    for part in parts:
        if part is not None:
            _translate_each_time(part)


@cache
def _shown_by(serializer_class: type[BaseSerializer[Any]]) -> Callable[[Any], Any]:
    return serializer_class().to_representation
