"""What administrators are shown of the instance, and what they may send."""

from typing import Any

from django.utils.translation import gettext_lazy as _
from rest_framework import serializers

from accounts.models import InstanceSettings, RegistrationMode, Status, User
from guilds.models import Server
from together.rest.fields import Boolean, Choice, Text
from together.rest.serializers import Input, Query

MAX_PAGE, MAX_PER_PAGE = 1_000_000, 100


class StatsSerializer(serializers.Serializer[Any]):
    """Whole numbers. Sockets and uptime are of the process that answers."""

    total_users = serializers.IntegerField()
    total_servers = serializers.IntegerField()
    total_messages = serializers.IntegerField()
    total_channels = serializers.IntegerField()
    active_ws_connections = serializers.IntegerField()
    db_latency_ms = serializers.IntegerField()
    storage_bytes = serializers.IntegerField()
    uptime_secs = serializers.IntegerField()


class InstanceSettingsSerializer(serializers.ModelSerializer[InstanceSettings]):
    updated_by = serializers.UUIDField(source="updated_by_id", read_only=True, allow_null=True)

    class Meta:
        model = InstanceSettings
        fields = ("id", "registration_mode", "updated_at", "updated_by")
        read_only_fields = fields


class AdminUserSerializer(serializers.ModelSerializer[User]):
    """A person as administrators see them, whose `status` is what everybody sees.

    The counts are those of `together.instance.queries.users`.
    """

    status = serializers.ChoiceField(Status.choices, source="presence.status", read_only=True)
    disabled = serializers.BooleanField(read_only=True)
    server_count = serializers.IntegerField(read_only=True)
    message_count = serializers.IntegerField(read_only=True)

    class Meta:
        model = User
        fields = (
            "id",
            "username",
            "email",
            "avatar_url",
            "status",
            "is_admin",
            "is_bot",
            "disabled",
            "disabled_at",
            "created_at",
            "server_count",
            "message_count",
        )
        read_only_fields = fields


class AdminServerSerializer(serializers.ModelSerializer[Server]):
    """A server as administrators see it; the counts are those of `together.instance.queries.servers`."""

    owner_id = serializers.UUIDField(read_only=True)
    owner_username = serializers.CharField(source="owner.username", read_only=True)
    member_count = serializers.IntegerField(read_only=True)
    channel_count = serializers.IntegerField(read_only=True)
    message_count = serializers.IntegerField(read_only=True)

    class Meta:
        model = Server
        fields = (
            "id",
            "name",
            "owner_id",
            "owner_username",
            "icon_url",
            "is_public",
            "member_count",
            "channel_count",
            "message_count",
            "created_at",
        )
        read_only_fields = fields


class _PageSerializer(serializers.Serializer[Any]):
    total = serializers.IntegerField()
    page = serializers.IntegerField()
    per_page = serializers.IntegerField()


class UserPageSerializer(_PageSerializer):
    users = AdminUserSerializer(many=True, source="rows")


class ServerPageSerializer(_PageSerializer):
    servers = AdminServerSerializer(many=True, source="rows")


class PageQuery(Query):
    """Numbers out of range are clamped, and answered as they counted."""

    page = serializers.IntegerField(required=False, default=1)
    per_page = serializers.IntegerField(required=False, default=50)
    search = Text(required=False, default="", allow_blank=True, max_length=320, trim_whitespace=True)

    def validate_page(self, value: int) -> int:
        return min(max(value, 1), MAX_PAGE)

    def validate_per_page(self, value: int) -> int:
        return min(max(value, 1), MAX_PER_PAGE)


class UserQuery(PageQuery):
    sort_by = Text(
        required=False,
        default="",
        allow_blank=True,
        help_text=_("`username` or `message_count`; anything else means the newest first."),
    )


class UserChange(Input):
    strict = True

    is_admin = Boolean(required=False)
    disabled = Boolean(required=False)


class SettingsChange(Input):
    strict = True

    registration_mode = Choice(RegistrationMode.choices, required=False)
