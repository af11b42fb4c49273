"""The JSON shape of a member, and what may be sent of one."""

from typing import Any

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from accounts.serializers import ShownSerializer
from guilds.models import Member, Role
from together.rest.fields import Id, Name
from together.rest.serializers import Input, Query, show

# Members of one page.
MAX_PAGE = 1000


class MemberRoleSerializer(serializers.ModelSerializer[Role]):
    class Meta:
        model = Role
        fields = ("id", "name", "color", "position")
        read_only_fields = fields


class MemberSerializer(ShownSerializer, serializers.ModelSerializer[Member]):
    """Of rows from `with_presence()` and `with_timeout()`: `timeout_expires_at` only of a timeout that is in force."""

    user_id = serializers.UUIDField(read_only=True)
    username = serializers.CharField(source="user.username", read_only=True)
    avatar_url = serializers.URLField(source="user.avatar_url", read_only=True, allow_null=True)
    timeout_expires_at = serializers.DateTimeField(read_only=True, allow_null=True)
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

    @extend_schema_field(MemberRoleSerializer(many=True))
    def get_roles(self, member: Member) -> Any:
        roles = sorted((held.role for held in member.member_roles.all()), key=lambda role: -role.position)
        return [show(MemberRoleSerializer, role) for role in roles]


class MemberUpdate(Input):
    """`null`, or nothing but blanks, takes the nickname away."""

    clears = ("nickname",)

    nickname = Name(max_length=32, allow_blank=True, required=False)


class MemberPage(Query):
    """`after` is the `user_id` of the last member of the page before; `limit` is clamped to 1–1000."""

    after = Id(required=False)
    limit = serializers.IntegerField(required=False, default=MAX_PAGE)

    def validate_limit(self, value: int) -> int:
        return min(max(value, 1), MAX_PAGE)
