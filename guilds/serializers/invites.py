"""The JSON shape of invites, and what may be sent of them."""

from typing import Any

from rest_framework import serializers

from accounts.serializers import NoticeSerializer
from guilds.models import Invite
from together.rest.fields import Integer
from together.rest.serializers import Input


class InviteSerializer(serializers.ModelSerializer[Invite]):
    server_id = serializers.UUIDField(read_only=True)
    created_by = serializers.UUIDField(source="created_by_id", read_only=True, allow_null=True)

    class Meta:
        model = Invite
        fields = ("id", "server_id", "code", "created_by", "max_uses", "uses", "expires_at", "created_at")
        read_only_fields = fields


class InvitePreviewSerializer(serializers.ModelSerializer[Any]):
    """What anybody who has a code may know before they accept it."""

    server_name = serializers.CharField(source="server.name", read_only=True)
    server_icon_url = serializers.URLField(source="server.icon_url", read_only=True, allow_null=True)
    member_count = serializers.IntegerField(read_only=True)

    class Meta:
        model = Invite
        fields = ("code", "server_name", "server_icon_url", "member_count", "expires_at")
        read_only_fields = fields


class AcceptedSerializer(NoticeSerializer):
    """Where an invite led to."""

    server_id = serializers.UUIDField()


class InviteCreate(Input):
    """Without a number any number of people may come; without a time the invite stays until it is revoked."""

    strict = True

    max_uses = Integer(min_value=1, max_value=2_147_483_647, required=False)
    expires_in_hours = Integer(min_value=1, max_value=720, required=False)
