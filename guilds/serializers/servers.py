"""The JSON shape of a server, and what may be sent of it."""

from rest_framework import serializers

from guilds.models import Server
from guilds.serializers.flags import Flags
from together.rest.fields import Boolean, Id, Name, Text, WebAddress
from together.rest.serializers import Input, Query


class ServerSerializer(serializers.ModelSerializer[Server]):
    owner_id = serializers.UUIDField(read_only=True)
    member_count = serializers.IntegerField(read_only=True)

    class Meta:
        model = Server
        fields = (
            "id",
            "name",
            "owner_id",
            "icon_url",
            "is_public",
            "require_invite",
            "joins_locked",
            "default_permissions",
            "member_count",
            "created_at",
            "updated_at",
        )
        read_only_fields = fields


class Browse(Query):
    """`search` finds a part of the name."""

    search = Text(max_length=100, allow_blank=True, required=False, default="")


class ServerCreate(Input):
    name = Name(max_length=100)
    icon_url = WebAddress(required=False)
    is_public = Boolean(required=False)
    require_invite = Boolean(required=False)
    template_id = Id(required=False)


class ServerUpdate(Input):
    """`null` clears the icon; what is left out stays."""

    clears = ("icon_url",)

    name = Name(max_length=100, required=False)
    icon_url = WebAddress(required=False)
    is_public = Boolean(required=False)
    require_invite = Boolean(required=False)
    joins_locked = Boolean(required=False)
    default_permissions = Flags(required=False)
