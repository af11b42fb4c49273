"""The tables that Django admin shows, rows for all of them, and how one gets to their pages."""

from django.urls import reverse
from django.utils import timezone

from accounts.models import InstanceSettings, Presence, Session, User
from chat.models import Attachment, LastPost, Message, Reaction, ReadState
from guilds.models import Ban, Channel, ChannelType, Invite, Member, MemberRole, Override, Role, Server, Timeout
from together.audit.entry import AuditEntry
from together.events.log import EventClock, EventRecord
from voice.models import VoiceState

TABLES = [
    User, Session, AuditEntry, Server, Member, Channel, Role, MemberRole, Override, Ban, Timeout, Invite, Message,
    Reaction, Attachment, VoiceState,
]  # fmt: skip
# Settings are one row, whose page is a form; a clock of slow mode tells nothing; events and their clock are plumbing.
WITHOUT_A_LIST = {InstanceSettings, Presence, LastPost, ReadState, EventRecord, EventClock}


def fill(rows, *, first=0, type=ChannelType.TEXT):
    """So many rows in each table, all of them in servers, or else all in conversations."""
    for number in range(first, first + rows):
        user = User.objects.create(username=f"{type} {number}")
        Session.objects.create(user=user, expires_at=timezone.now(), refresh_token_hash=f"hash of {type} {number}")
        server = Server.objects.create(name=f"server {number}", owner=user)
        role = Role.objects.create(server=server, name=f"role {number}")
        MemberRole.objects.create(member=Member.objects.create(user=user, server=server), role=role)
        place = server if type == ChannelType.TEXT else None
        Ban.objects.create(server=server, user=user, reason=f"ban {number}")
        Timeout.objects.create(server=server, user=user, expires_at=timezone.now())
        Invite.objects.create(server=server, created_by=user, code=f"code{number}")
        AuditEntry.objects.create(server=server, server_name=server.name, actor=user, action="server_update")
        channel = Channel.objects.create(server=place, name=f"channel {number}", type=type)
        Override.objects.create(channel=channel, user=user)
        message = Message.objects.create(channel=channel, author=user, content=f"whispered {type} {number}")
        Reaction.objects.create(message=message, user=user, emoji="👍")
        Attachment.objects.create(message=message, filename=f"{type}.png", file_size=1, mime_type="a/b", url="/a")
        VoiceState.objects.create(user=user, channel=channel)


def list_of(model):
    return reverse(f"admin:{model._meta.app_label}_{model._meta.model_name}_changelist")


def page_of(row):
    return reverse(f"admin:{row._meta.app_label}_{row._meta.model_name}_change", args=[row.pk])


def choose(client, action, *rows, **more):
    chosen = {"action": action, "_selected_action": [str(row.pk) for row in rows], **more}
    return client.post(list_of(type(rows[0])), chosen, follow=True)
