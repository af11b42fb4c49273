"""The JSON shape of roles and overrides, and what may be sent of them."""

from rest_framework import serializers

from guilds.models import Override, Role


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
