"""The JSON shape of invites, and what may be sent of them."""

from rest_framework import serializers

from guilds.models import Invite


class InviteSerializer(serializers.ModelSerializer[Invite]):
    server_id = serializers.UUIDField(read_only=True)
    created_by = serializers.UUIDField(source="created_by_id", read_only=True, allow_null=True)

    class Meta:
        model = Invite
        fields = ("id", "server_id", "code", "created_by", "max_uses", "uses", "expires_at", "created_at")
        read_only_fields = fields
