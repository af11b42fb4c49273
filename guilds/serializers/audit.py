"""The JSON shape of the audit log, and how it is paged through."""

import re
import uuid
from datetime import UTC, datetime
from typing import Any

from django.utils.dateparse import parse_datetime
from django.utils.translation import gettext_lazy as _
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from together.audit.entry import AuditEntry
from together.rest.fields import Id, Text, parse_id
from together.rest.serializers import Query

MAX_PAGE = 100


class AuditEntrySerializer(serializers.ModelSerializer[AuditEntry]):
    """`redacted` entries are about something that the reader may not see: who did what kind of thing, and when.

    `before` and `after` hold the fields that changed. `ip_address` is never filled: nobody's address is kept.
    """

    server_id = serializers.UUIDField(read_only=True, allow_null=True)
    actor_id = serializers.UUIDField(read_only=True, allow_null=True)
    actor_username = serializers.CharField(source="actor.username", default=None, read_only=True, allow_null=True)
    details = serializers.DictField(read_only=True)
    before = serializers.DictField(read_only=True)
    after = serializers.DictField(read_only=True)
    ip_address = serializers.SerializerMethodField()
    redacted = serializers.BooleanField(read_only=True)

    class Meta:
        model = AuditEntry
        fields = (
            "id",
            "server_id",
            "actor_id",
            "actor_username",
            "action",
            "target_type",
            "target_id",
            "details",
            "before",
            "after",
            "reason",
            "redacted",
            "ip_address",
            "created_at",
        )
        read_only_fields = fields

    def get_ip_address(self, entry: AuditEntry) -> str | None:
        return None


class ActOnMeSerializer(serializers.ModelSerializer[AuditEntry]):
    """Something that was done to the reader. Who did it is for those who read the log of the server."""

    server_id = serializers.UUIDField(read_only=True, allow_null=True)
    server_name = serializers.SerializerMethodField()
    details = serializers.DictField(read_only=True)

    class Meta:
        model = AuditEntry
        fields = ("id", "server_id", "server_name", "action", "details", "reason", "created_at")
        read_only_fields = fields

    def get_server_name(self, entry: AuditEntry) -> str | None:
        return entry.server_name or None


@extend_schema_field(OpenApiTypes.STR)
class CursorField(serializers.Field[Any, Any, Any, Any]):
    """The id of an entry, or a moment as on the wire: RFC 3339 with an offset."""

    default_error_messages = {"invalid": _("This must be a moment with its offset from UTC, or the id of an entry.")}

    def to_internal_value(self, data: Any) -> datetime | uuid.UUID:
        cursor = parse_id(data) or _moment(str(data))
        if cursor is None:
            self.fail("invalid")
        return cursor


class AuditPage(Query):
    """`before` pages to older entries, `after` to newer ones; each is a `created_at` or an `id`."""

    before = CursorField(required=False)
    after = CursorField(required=False)
    limit = serializers.IntegerField(required=False, default=50, min_value=1)

    def validate_limit(self, value: int) -> int:
        return min(value, MAX_PAGE)


class AuditQuery(AuditPage):
    """A word that is none finds nothing."""

    action = Text(required=False)
    actor_id = Id(required=False)
    target_type = Text(required=False)
    target_id = Id(required=False)


def _moment(text: str) -> datetime | None:
    # The parser takes dates, weeks and times without their separators too.
    if not re.fullmatch(r"\d{4}-\d\d-\d\d[Tt ].{5,30}", text, re.ASCII):
        return None
    try:
        moment = parse_datetime(text.upper())
        return moment.astimezone(UTC) if moment and moment.tzinfo else None
    except (ValueError, OverflowError):
        return None
