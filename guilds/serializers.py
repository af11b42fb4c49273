"""The one JSON shape of servers, members and channels, and what may be sent of them."""

from datetime import datetime
from typing import Any

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from accounts.models import Status
from guilds.models import Channel, ChannelType, Member, Override, Role, Server
from together.rest.fields import Boolean, Choice, Id, Integer, Name, Text, WebAddress
from together.rest.serializers import Input


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
            "member_count",
            "created_at",
            "updated_at",
        )
        read_only_fields = fields


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


class ChannelSerializer(serializers.ModelSerializer[Channel]):
    """`category` is the name of the channel's category, annotated by `Channel.objects.listed()`."""

    server_id = serializers.UUIDField(read_only=True)
    type = serializers.ChoiceField(choices=[ChannelType.TEXT, ChannelType.VOICE], read_only=True)
    category = serializers.CharField(read_only=True, allow_null=True)

    class Meta:
        model = Channel
        fields = ("id", "server_id", "name", "type", "position", "category", "topic", "created_at")
        read_only_fields = fields


class ChannelCreate(Input):
    name = Name(max_length=100)
    type = Choice([ChannelType.TEXT, ChannelType.VOICE], shape=True)
    topic = Text(max_length=1024, allow_blank=True, required=False)
    category = Name(max_length=100, allow_blank=True, required=False)


class ChannelUpdate(Input):
    name = Name(max_length=100, required=False)
    topic = Text(max_length=1024, allow_blank=True, required=False)
    category = Name(max_length=100, allow_blank=True, required=False)
    position = Integer(min_value=0, max_value=2_147_483_647, required=False)


class MemberRoleSerializer(serializers.ModelSerializer[Role]):
    class Meta:
        model = Role
        fields = ("id", "name", "color", "position")
        read_only_fields = fields


class MemberSerializer(serializers.ModelSerializer[Member]):
    user_id = serializers.UUIDField(read_only=True)
    username = serializers.CharField(source="user.username", read_only=True)
    avatar_url = serializers.URLField(source="user.avatar_url", read_only=True, allow_null=True)
    status = serializers.ChoiceField(Status.choices, source="user.status", read_only=True)
    custom_status = serializers.CharField(source="user.custom_status", read_only=True, allow_null=True)
    activity = serializers.CharField(source="user.activity", read_only=True, allow_null=True)
    timeout_expires_at = serializers.SerializerMethodField()
    roles = serializers.SerializerMethodField()

    class Meta:
        model = Member
        fields = (
            "user_id",
            "username",
            "avatar_url",
            "status",
            "custom_status",
            "activity",
            "nickname",
            "joined_at",
            "timeout_expires_at",
            "roles",
        )
        read_only_fields = fields

    def get_timeout_expires_at(self, member: Member) -> datetime | None:
        return None

    @extend_schema_field(MemberRoleSerializer(many=True))
    def get_roles(self, member: Member) -> Any:
        roles = sorted((held.role for held in member.member_roles.all()), key=lambda role: -role.position)
        return MemberRoleSerializer(roles, many=True).data


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
