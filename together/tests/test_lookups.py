"""Each lookup that schema.md lists is answered by an index, in the order that is asked for.

The index of words shows its worth only among many rows: `chat/tests/test_message_plans.py`.
"""

import uuid
from datetime import UTC, datetime

import pytest
from django.db import connection

from accounts.models import Session, User
from chat.models import Attachment, Message, Reaction
from guilds.models import Channel, Member, MemberRole, Override, Role, Server
from together.audit.entry import AuditEntry
from voice.models import VoiceState

pytestmark = pytest.mark.django_db

ID = uuid.UUID(int=1)
NOW = datetime(2025, 1, 1, tzinfo=UTC)

LOOKUPS = {
    "user by username": (lambda: User.objects.named("Alice"), "idx_users_username"),
    "user by e-mail": (lambda: User.objects.with_email("Alice@Together.local"), "idx_users_email"),
    "users by status other than offline": (
        lambda: User.objects.filter(status="dnd").exclude(status="offline"),
        "idx_users_status",
    ),
    "sessions by user": (lambda: Session.objects.filter(user=ID), "idx_sessions_user"),
    "sessions by expiry": (lambda: Session.objects.filter(expires_at__lt=NOW), "idx_sessions_expires_at"),
    "sessions by refresh-token hash": (
        lambda: Session.objects.filter(refresh_token_hash="a"),
        "idx_sessions_refresh_token_hash",
    ),
    "servers by owner": (lambda: Server.objects.filter(owner=ID), "idx_servers_owner"),
    "servers to be purged": (lambda: Server.objects.filter(deleted_at__isnull=False), "idx_servers_deleted_at"),
    "public servers": (
        lambda: Server.objects.living().filter(is_public=True).order_by("created_at"),
        "idx_servers_public",
    ),
    "members by server": (lambda: Member.objects.filter(server=ID).by_seniority(), "idx_server_members_server"),
    "members by user": (lambda: Member.objects.filter(user=ID), "idx_server_members_user_server"),
    "channels by server": (lambda: Channel.objects.filter(server=ID), "idx_channels_server_"),
    "channels by server and position": (
        lambda: Channel.objects.filter(server=ID).order_by("position"),
        "idx_channels_server_position",
    ),
    "channels by server and type": (
        lambda: Channel.objects.filter(server=ID, type="voice"),
        "idx_channels_server_type",
    ),
    "roles by server": (lambda: Role.objects.filter(server=ID), "idx_roles_server_position"),
    "roles by server and position": (
        lambda: Role.objects.filter(server=ID).order_by("-position"),
        "idx_roles_server_position",
    ),
    "assignments by member": (lambda: MemberRole.objects.filter(member=ID), "idx_member_roles_member_role"),
    "assignments by role": (lambda: MemberRole.objects.filter(role=ID), "idx_member_roles_role"),
    "overrides by channel": (lambda: Override.objects.filter(channel=ID), "idx_overrides_channel_role_user"),
    "overrides by role": (lambda: Override.objects.filter(role=ID), "idx_overrides_role"),
    "overrides by user": (lambda: Override.objects.filter(user=ID), "idx_overrides_user"),
    "history of a channel": (lambda: Message.objects.filter(channel=ID).history(), "idx_messages_channel_time"),
    "messages by author, newest first": (
        lambda: Message.objects.living().filter(author=ID).order_by("-created_at"),
        "idx_messages_author_time",
    ),
    "messages by author, deleted ones too": (lambda: Message.objects.filter(author=ID), "idx_messages_author_nonce"),
    "messages by what they reply to": (lambda: Message.objects.filter(reply_to=ID), "idx_messages_reply_to"),
    "messages by thread": (
        lambda: Message.objects.filter(thread=ID).order_by("created_at", "id"),
        "idx_messages_thread",
    ),
    "messages by channel, deleted ones too": (lambda: Message.objects.filter(channel=ID), "idx_messages_channel"),
    "reactions by message": (lambda: Reaction.objects.filter(message=ID), "idx_reactions_message_user_emoji"),
    "attachments by message": (lambda: Attachment.objects.filter(message=ID), "idx_attachments_message"),
    "images of a message by time": (
        lambda: Attachment.objects.filter(message=ID, mime_type__startswith="image/").order_by("created_at"),
        "idx_attachments_images",
    ),
    "audit log of a server": (lambda: AuditEntry.objects.filter(server=ID), "idx_audit_log_server_time"),
    "audit log of the instance, newest first": (
        lambda: AuditEntry.objects.order_by("-created_at", "-id"),
        "idx_audit_log_time",
    ),
    "acts on somebody, newest first": (
        lambda: AuditEntry.objects.filter(target_id=ID).order_by("-created_at"),
        "idx_audit_log_target",
    ),
    "voice states by channel": (lambda: VoiceState.objects.filter(channel=ID), "idx_voice_states_channel"),
}


@pytest.mark.parametrize("lookup", LOOKUPS)
def test_the_lookup_is_served_by_an_index(lookup):
    rows, index = LOOKUPS[lookup]
    with connection.cursor() as cursor:
        # Empty tables are scanned and sorted unless that is forbidden; with an index no sort is left in the plan.
        cursor.execute("SET LOCAL enable_seqscan = off; SET LOCAL enable_sort = off")
    plan = rows().explain()
    assert index in plan
    assert "Seq Scan" not in plan
    assert "Sort" not in plan
