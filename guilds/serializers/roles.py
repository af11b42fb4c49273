"""The JSON shape of roles and overrides, and what may be sent of them."""

import re
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from rest_framework import serializers
from rest_framework.exceptions import ValidationError

from guilds.models import Override, Role
from guilds.serializers.flags import ChannelFlags, Flags
from together.rest.fields import Id, Integer, Listing, Name, Text
from together.rest.serializers import Input

_COLOR = re.compile(r"#[0-9A-Fa-f]{6}")


class RoleSerializer(serializers.ModelSerializer[Role]):
    server_id = serializers.UUIDField(read_only=True)

    class Meta:
        model = Role
        fields = ("id", "server_id", "name", "permissions", "color", "position", "created_at")
        read_only_fields = fields


class OverrideSerializer(serializers.ModelSerializer[Override]):
    channel_id = serializers.UUIDField(read_only=True)
    role_id = serializers.UUIDField(read_only=True, allow_null=True)
    user_id = serializers.UUIDField(read_only=True, allow_null=True)

    class Meta:
        model = Override
        fields = ("id", "channel_id", "role_id", "user_id", "allow", "deny")
        read_only_fields = fields


class Color(Text):
    """A colour as `#RRGGBB`; empty for none."""

    default_error_messages = {"invalid": gettext_lazy("Enter a colour as #RRGGBB.")}

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(allow_blank=True, **kwargs)

    def to_internal_value(self, data: str) -> str:
        value = super().to_internal_value(data)
        if not _COLOR.fullmatch(value):
            self.fail("invalid")
        return value


class RoleCreate(Input):
    """Without a `position` it comes below all others."""

    strict = True

    name = Name(max_length=100)
    permissions = Flags(required=False)
    color = Color(required=False)
    position = Integer(min_value=0, max_value=2_147_483_647, required=False)


class RoleUpdate(Input):
    """`null` clears the colour; what is left out stays."""

    strict = True
    clears = ("color",)

    name = Name(max_length=100, required=False)
    permissions = Flags(required=False)
    color = Color(required=False)
    position = Integer(min_value=0, max_value=2_147_483_647, required=False)


class RoleOrder(Input):
    """All roles of the server, the highest first."""

    strict = True

    role_ids = Listing(child=Id(), max_length=250)


class OverrideSet(Input):
    """What a role or a member gets and loses: exactly one of the two."""

    strict = True

    role_id = Id(required=False)
    user_id = Id(required=False)
    allow = ChannelFlags()
    deny = ChannelFlags()

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        if ("role_id" in attrs) == ("user_id" in attrs):
            raise ValidationError(_("Name either a role or a member."), code="invalid")
        require_apart(attrs["allow"], attrs["deny"])
        return attrs


def require_apart(allow: int, deny: int) -> None:
    """Refuse what is allowed and denied at once."""
    if allow & deny:
        raise ValidationError(_("A permission cannot be allowed and denied at once."), code="invalid")
