"""Roles, who holds them, and what they or single people get or lose in one channel."""

import uuid
from typing import Self

from django.core.validators import RegexValidator
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from guilds.models.channel import Channel
from guilds.models.flags import FlagsField
from guilds.models.member import Member
from guilds.models.server import Server
from together.database.fields import ForeignKey


class RoleQuerySet(models.QuerySet["Role"]):
    def in_order(self) -> Self:
        """The highest first."""
        return self.order_by("-position", "created_at", "id")


class Role(models.Model):
    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    server = ForeignKey(Server, "CASCADE", related_name="roles", db_index=False)
    name = models.CharField(_("name"), max_length=100)
    permissions = FlagsField()
    color = models.CharField(
        _("colour"), max_length=7, null=True, blank=True, validators=[RegexValidator(r"\A#[0-9A-Fa-f]{6}\Z")]
    )
    position = models.IntegerField(_("position"), default=0)
    created_at = models.DateTimeField(default=timezone.now)

    objects = RoleQuerySet.as_manager()

    class Meta:
        db_table = "roles"
        verbose_name = _("role")
        verbose_name_plural = _("roles")
        constraints = [
            models.CheckConstraint(condition=Q(permissions__gte=0), name="roles_permissions_valid"),
            models.CheckConstraint(condition=Q(color__regex=r"^#[0-9A-Fa-f]{6}$"), name="roles_color_valid"),
        ]
        indexes = [models.Index(fields=["server", "-position"], name="idx_roles_server_position")]

    def __str__(self) -> str:
        return self.name


class MemberRole(models.Model):
    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    member = ForeignKey(Member, "CASCADE", related_name="member_roles", db_index=False)
    role = ForeignKey(Role, "CASCADE", related_name="member_roles", db_index=False)

    class Meta:
        db_table = "member_roles"
        verbose_name = _("role of a member")
        verbose_name_plural = _("roles of members")
        constraints = [models.UniqueConstraint(fields=["member", "role"], name="idx_member_roles_member_role")]
        indexes = [models.Index(fields=["role"], name="idx_member_roles_role")]

    def __str__(self) -> str:
        return f"{self.member_id} holds {self.role_id}"


class Override(models.Model):
    """What one role, or one person, gets or loses in one channel."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    channel = ForeignKey(Channel, "CASCADE", related_name="overrides", db_index=False)
    role = ForeignKey(Role, "CASCADE", related_name="overrides", null=True, blank=True, db_index=False)
    user = ForeignKey(User, "CASCADE", related_name="overrides", null=True, blank=True, db_index=False)
    allow = FlagsField()
    deny = FlagsField()

    class Meta:
        db_table = "channel_permission_overrides"
        verbose_name = _("override")
        verbose_name_plural = _("overrides")
        constraints = [
            models.UniqueConstraint(
                fields=["channel", "role", "user"], name="idx_overrides_channel_role_user", nulls_distinct=False
            ),
            models.CheckConstraint(
                condition=Q(role=None, user__isnull=False) | Q(role__isnull=False, user=None),
                name="overrides_role_or_user",
            ),
            models.CheckConstraint(condition=Q(allow__gte=0, deny__gte=0), name="overrides_flags_valid"),
        ]
        indexes = [
            models.Index(fields=["role"], name="idx_overrides_role", condition=Q(role__isnull=False)),
            models.Index(fields=["user"], name="idx_overrides_user", condition=Q(user__isnull=False)),
        ]

    def __str__(self) -> str:
        return f"{self.role_id or self.user_id} in {self.channel_id}: +{self.allow} -{self.deny}"
