"""The JSON shape of bans and timeouts, and what may be sent of them."""

from rest_framework import serializers

from guilds.models import MAX_REASON, Ban, Timeout
from together.rest.fields import Id, Integer, Text
from together.rest.serializers import Input


class BanSerializer(serializers.ModelSerializer[Ban]):
    user_id = serializers.UUIDField(read_only=True)
    username = serializers.CharField(source="user.username", read_only=True)
    server_id = serializers.UUIDField(read_only=True)
    banned_by = serializers.UUIDField(source="banned_by_id", read_only=True, allow_null=True)

    class Meta:
        model = Ban
        fields = ("user_id", "username", "server_id", "banned_by", "reason", "expires_at", "created_at")
        read_only_fields = fields


class TimeoutSerializer(serializers.ModelSerializer[Timeout]):
    user_id = serializers.UUIDField(read_only=True)
    server_id = serializers.UUIDField(read_only=True)
    created_by = serializers.UUIDField(source="created_by_id", read_only=True, allow_null=True)

    class Meta:
        model = Timeout
        fields = ("user_id", "server_id", "expires_at", "reason", "created_by", "created_at")
        read_only_fields = fields


class Kick(Input):
    reason = Text(max_length=MAX_REASON, allow_blank=True, required=False)


class BanCreate(Input):
    """Without `expires_in_hours` it is for good; a week of messages at most goes with it."""

    reason = Text(max_length=MAX_REASON, allow_blank=True, required=False)
    expires_in_hours = Integer(min_value=1, max_value=8760, required=False)
    delete_messages_hours = Integer(min_value=1, max_value=168, required=False)


class TimeoutCreate(Input):
    strict = True

    duration_minutes = Integer(min_value=1, max_value=40_320)
    reason = Text(max_length=MAX_REASON, allow_blank=True, required=False)


class Transfer(Input):
    user_id = Id()
