"""Membership."""

import uuid
from typing import Self

from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from guilds.models.server import Server
from together.database.fields import ForeignKey


class MemberQuerySet(models.QuerySet["Member"]):
    def in_living_servers(self) -> Self:
        return self.filter(server__deleted_at=None)

    def by_seniority(self) -> Self:
        return self.order_by("joined_at", "id")


class Member(models.Model):
    """A user in a server."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    user = ForeignKey(User, "CASCADE", related_name="memberships", db_index=False)
    server = ForeignKey(Server, "CASCADE", related_name="members", db_index=False)
    nickname = models.CharField(_("nickname"), max_length=80, null=True, blank=True)
    joined_at = models.DateTimeField(default=timezone.now)

    objects = MemberQuerySet.as_manager()

    class Meta:
        db_table = "server_members"
        verbose_name = _("member")
        verbose_name_plural = _("members")
        constraints = [models.UniqueConstraint(fields=["user", "server"], name="idx_server_members_user_server")]
        indexes = [models.Index(fields=["server", "joined_at", "id"], name="idx_server_members_server")]

    def __str__(self) -> str:
        return f"{self.user_id} in {self.server_id}"
