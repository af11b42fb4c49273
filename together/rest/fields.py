"""Strict input fields: a JSON type is what it says it is, and text is fit to be stored and shown.

DRF's own fields turn `5` into `"5"` and trim silently. On the wire a wrong type is 422 and a broken rule 400;
`together.rest.errors` tells them apart by the code of the error.
"""

import re
import unicodedata
import uuid
from typing import Any
from urllib.parse import urlsplit

from django.utils.translation import gettext_lazy as _
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

# What PostgreSQL cannot keep, and what no text is made of.
_UNFIT = re.compile("[\x00\ud800-\udfff]")
# Direction overrides and isolates, zero-width and other invisible marks: they make one name look like another.
_INVISIBLE = re.compile("[\u061c\u180e\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff]")
_LABEL = "[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?"
_EMAIL = re.compile(rf"[A-Za-z0-9.!#$%&'*+/=?^_`{{|}}~-]{{1,64}}@(?=.{{1,255}}\Z){_LABEL}(?:\.{_LABEL})*")
_BIGINT = 2**63


class Text(serializers.CharField):
    """A JSON string, kept as it is. Lengths count Unicode code points."""

    default_error_messages = {
        "invalid_type": _("This must be text."),
        "characters": _("This contains characters that are not allowed."),
    }

    def __init__(self, **kwargs: Any) -> None:
        kwargs.setdefault("trim_whitespace", False)
        super().__init__(**kwargs)

    def run_validation(self, data: Any = serializers.empty) -> Any:
        if data is not serializers.empty and data is not None and not isinstance(data, str):
            self.fail("invalid_type")
        return super().run_validation(data)

    def to_internal_value(self, data: str) -> str:
        value = super().to_internal_value(data)
        if _UNFIT.search(value):
            self.fail("characters")
        return value


class Name(Text):
    """One line that people read as a name: trimmed, NFC, without control or invisible characters, never blank."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(trim_whitespace=True, **kwargs)

    def run_validation(self, data: Any = serializers.empty) -> Any:
        return super().run_validation(clean_name(data) if isinstance(data, str) else data)

    def to_internal_value(self, data: str) -> str:
        value = super().to_internal_value(data)
        if any(unicodedata.category(character) in {"Cc", "Cs", "Co"} for character in value):
            self.fail("characters")
        return value


def clean_name(value: str) -> str:
    """A name as it is stored: composed, trimmed, and without marks that nobody can see."""
    return _INVISIBLE.sub("", unicodedata.normalize("NFC", value)).strip()


class Email(Text):
    """An address as HTML's `<input type=email>` takes it."""

    default_error_messages = {"invalid": _("Enter a valid e-mail address.")}

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(max_length=320, **kwargs)

    def to_internal_value(self, data: str) -> str:
        value = super().to_internal_value(data)
        if not _EMAIL.fullmatch(value):
            self.fail("invalid")
        return value


class WebAddress(Text):
    """An absolute http or https URL of at most 2,000 characters."""

    default_error_messages = {"invalid": _("Enter an http or https address.")}

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(max_length=2000, **kwargs)

    def to_internal_value(self, data: str) -> str:
        value = super().to_internal_value(data)
        try:
            parts = urlsplit(value)
            sound = parts.scheme.lower() in {"http", "https"} and bool(parts.hostname) and (parts.port or 1) > 0
        except ValueError:
            sound = False
        if not sound or not value.isprintable() or any(character in value for character in " <>\"'\\"):
            self.fail("invalid")
        return value


@extend_schema_field(OpenApiTypes.INT64)
class Integer(serializers.IntegerField):
    """A JSON integer, not a float, a string or a truth value."""

    default_error_messages = {"invalid_type": _("This must be a whole number.")}

    def to_internal_value(self, data: Any) -> int:
        if isinstance(data, bool) or not isinstance(data, int) or not -_BIGINT <= data < _BIGINT:
            self.fail("invalid_type")
        return data


class Boolean(serializers.BooleanField):
    """JSON true or false, nothing that looks like them."""

    default_error_messages = {"invalid_type": _("This must be true or false.")}

    def to_internal_value(self, data: Any) -> bool:
        if not isinstance(data, bool):
            self.fail("invalid_type")
        return data


@extend_schema_field(OpenApiTypes.UUID)
class Id(serializers.UUIDField):
    """The id of something, in any textual form of a UUID."""

    default_error_messages = {"invalid_type": _("This must be an id.")}

    def to_internal_value(self, data: Any) -> uuid.UUID:
        value = parse_id(data)
        if value is None:
            self.fail("invalid_type")
        return value


def parse_id(text: Any) -> uuid.UUID | None:
    """A UUID in any of its textual forms (upper case, bare, braced, URN); None for anything else."""
    try:
        return uuid.UUID(text) if isinstance(text, str) and len(text) <= 45 else None
    except ValueError:
        return None


class Choice(serializers.ChoiceField):
    """One of a few words. `shape=True` where the wire calls a wrong word a wrong shape (422)."""

    default_error_messages = {
        "invalid_type": _("This must be text."),
        "wrong_choice": _('"{input}" is not one of the choices.'),
    }

    def __init__(self, choices: Any, *, shape: bool = False, **kwargs: Any) -> None:
        self.shape = shape
        super().__init__(choices, **kwargs)

    def to_internal_value(self, data: Any) -> Any:
        if not isinstance(data, str):
            self.fail("invalid_type")
        if data not in self.choices:
            self.fail("wrong_choice" if self.shape else "invalid_choice", input=data[:40])
        return data


class Listing(serializers.ListField):
    """A JSON array of at most `max_length` things."""

    default_error_messages = {"invalid_type": _("This must be a list.")}

    def __init__(self, *, max_length: int, **kwargs: Any) -> None:
        super().__init__(max_length=max_length, **kwargs)

    def to_internal_value(self, data: Any) -> list[Any]:
        if not isinstance(data, list):
            self.fail("invalid_type")
        # Before its items are looked at: half a million of them would take half a minute to refuse one by one.
        if self.max_length is not None and len(data) > self.max_length:
            self.fail("max_length", max_length=self.max_length)
        return super().to_internal_value(data)
