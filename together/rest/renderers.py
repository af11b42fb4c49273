"""Answers: JSON by orjson, a tenth of the time of the standard library's (stack.md, section 3c)."""

from collections.abc import Mapping
from typing import Any

import orjson
from rest_framework.renderers import BaseRenderer


class JSONRenderer(BaseRenderer):
    media_type = "application/json"
    format = "json"
    charset = None

    def render(
        self, data: Any, accepted_media_type: str | None = None, renderer_context: Mapping[str, Any] | None = None
    ) -> bytes:
        return b"" if data is None else to_json(data)


def to_json(data: Any) -> bytes:
    """JSON as it is on the wire: also of ids, and of moments, which end in Z."""
    return orjson.dumps(data, default=str, option=orjson.OPT_UTC_Z)


def plain(data: Any) -> Any:
    """The same as the values that JSON knows, for what goes other ways too."""
    return orjson.loads(to_json(data))
