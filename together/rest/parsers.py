"""Bodies: strict JSON only, so that what reaches a serializer is well-formed Unicode and real JSON types."""

from collections.abc import Mapping
from typing import IO, Any

import orjson
from django.utils.translation import gettext as _
from rest_framework.exceptions import ParseError
from rest_framework.parsers import BaseParser


class JSONParser(BaseParser):
    """RFC 8259 by orjson: no NaN, no lone surrogates, no invalid UTF-8, bounded nesting."""

    media_type = "application/json"

    def parse(
        self, stream: IO[Any], media_type: str | None = None, parser_context: Mapping[str, Any] | None = None
    ) -> Any:
        try:
            return orjson.loads(stream.read())
        except orjson.JSONDecodeError:
            raise ParseError(_("The body is not valid JSON.")) from None
