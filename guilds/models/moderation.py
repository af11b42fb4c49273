"""What moderators impose: bans and timeouts. Both end by the database's clock."""

import uuid
from typing import Any, Self

from django.db import models
from django.db.models import Q
from django.db.models.functions import Now
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from guilds.models.server import Server
from together.database.fields import ForeignKey

# Characters of the reason for an act of moderation.
MAX_REASON = 512


class PenaltyQuerySet(models.QuerySet[Any]):
    def in_force(self) -> Self:
        return self.filter(Q(expires_at=None) | Q(expires_at__gt=Now()))


class Penalty(models.Model):
    """What bans and timeouts have in common. They stay when the person leaves, and count again when they return."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    server = ForeignKey(Server, "CASCADE", related_name="%(class)ss", db_index=False)
    user = ForeignKey(User, "CASCADE", related_name="%(class)ss", db_index=False)
    reason = models.CharField(_("reason"), max_length=MAX_REASON, null=True, blank=True)
    created_at = models.DateTimeField(default=timezone.now)

    objects = PenaltyQuerySet.as_manager()

    class Meta:
        abstract = True

    def __str__(self) -> str:
        return f"{self.user_id} in {self.server_id}"


class Ban(Penalty):
    """Somebody who may not come (back) in; without `expires_at` for good."""

    banned_by = ForeignKey(User, "SET NULL", related_name="bans_made", null=True, blank=True, db_index=False)
    expires_at = models.DateTimeField(_("expires at"), null=True, blank=True)

    class Meta:
        db_table = "bans"
        verbose_name = _("ban")
        verbose_name_plural = _("bans")
        constraints = [models.UniqueConstraint(fields=["server", "user"], name="idx_bans_server_user")]
        indexes = [
            models.Index(fields=["user"], name="idx_bans_user"),
            models.Index(fields=["banned_by"], name="idx_bans_banned_by", condition=Q(banned_by__isnull=False)),
            models.Index(fields=["expires_at"], name="idx_bans_expires_at", condition=Q(expires_at__isnull=False)),
        ]


class Timeout(Penalty):
    """Somebody who may only read until `expires_at`."""

    created_by = ForeignKey(User, "SET NULL", related_name="timeouts_made", null=True, blank=True, db_index=False)
    expires_at = models.DateTimeField(_("expires at"))

    class Meta:
        db_table = "timeouts"
        verbose_name = _("timeout")
        verbose_name_plural = _("timeouts")
        constraints = [models.UniqueConstraint(fields=["server", "user"], name="idx_timeouts_server_user")]
        indexes = [
            models.Index(fields=["user"], name="idx_timeouts_user"),
            models.Index(fields=["created_by"], name="idx_timeouts_created_by", condition=Q(created_by__isnull=False)),
            models.Index(fields=["expires_at"], name="idx_timeouts_expires_at"),
        ]
