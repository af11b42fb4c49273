"""Permission flags in bodies."""

from typing import Any

from django.utils.translation import gettext_lazy as _

from guilds.permissions import CHANNEL_SCOPE, EVERYTHING
from together.rest.fields import Integer


class Flags(Integer):
    """Permission flags, as an integer."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(min_value=0, max_value=int(EVERYTHING), **kwargs)


class ChannelFlags(Flags):
    """Those permission flags that count in a channel."""

    default_error_messages = {"scope": _("This has permissions that cannot be set in a channel.")}

    def to_internal_value(self, data: Any) -> int:
        value = super().to_internal_value(data)
        # What is no flag at all is told by the limits.
        if 0 <= value <= int(EVERYTHING) and value & ~int(CHANNEL_SCOPE):
            self.fail("scope")
        return value
