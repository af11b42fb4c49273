"""The JSON shape of a member, and what may be sent of one."""

from datetime import datetime
from typing import Any

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from accounts.models import Status
from guilds.models import Member, Role


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
