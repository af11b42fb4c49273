"""Servers."""

import uuid
from typing import Self

from django.db import models
from django.db.models import Count, OuterRef, Q, Subquery
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from guilds.models.flags import FlagsField
from guilds.permissions import DEFAULT
from together.database.fields import ForeignKey


class ServerQuerySet(models.QuerySet["Server"]):
    def living(self) -> Self:
        return self.filter(deleted_at=None)

    def with_member_count(self) -> Self:
        # In a subquery, so that a join on one membership does not count that one alone.
        counted = Server.objects.filter(pk=OuterRef("pk")).annotate(count=Count("members")).values("count")
        return self.annotate(member_count=Subquery(counted))

    def named(self, part: str) -> Self:
        """Those whose name has that in it, in whatever letters."""
        return self.filter(name__icontains=part)

    def largest_first(self) -> Self:
        return self.with_member_count().order_by("-member_count", "-created_at", "id")


class Server(models.Model):
    """A community. While `deleted_at` is set nobody sees it, and the purge is on its way."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    name = models.CharField(_("name"), max_length=100)
    owner = ForeignKey(User, "RESTRICT", related_name="owned_servers", db_index=False)
    icon_url = models.URLField(_("icon"), max_length=2000, null=True, blank=True)
    is_public = models.BooleanField(_("public"), default=False)
    require_invite = models.BooleanField(_("joined by invite only"), default=False)
    default_permissions = FlagsField(default=int(DEFAULT))
    joins_locked = models.BooleanField(_("closed to newcomers"), default=False, db_default=False)
    deleted_at = models.DateTimeField(null=True, blank=True)
    created_at = models.DateTimeField(default=timezone.now)
    updated_at = models.DateTimeField(auto_now=True)

    objects = ServerQuerySet.as_manager()

    class Meta:
        db_table = "servers"
        verbose_name = _("server")
        verbose_name_plural = _("servers")
        constraints = [
            models.CheckConstraint(condition=Q(default_permissions__gte=0), name="servers_default_permissions_valid"),
        ]
        indexes = [
            models.Index(fields=["owner"], name="idx_servers_owner"),
            models.Index(fields=["deleted_at"], name="idx_servers_deleted_at", condition=Q(deleted_at__isnull=False)),
            models.Index(
                fields=["created_at"], name="idx_servers_public", condition=Q(is_public=True, deleted_at=None)
            ),
        ]

    def __str__(self) -> str:
        return self.name
