"""Membership."""

import uuid
from typing import Self

from django.db import models
from django.db.models import OuterRef, Q, Subquery
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.models import Shown, User
from accounts.presence import with_presence
from guilds.models.moderation import Timeout
from guilds.models.server import Server
from together.database.fields import ForeignKey


class MemberQuerySet(models.QuerySet["Member"]):
    def in_living_servers(self) -> Self:
        return self.filter(server__deleted_at=None)

    def by_seniority(self) -> Self:
        return self.order_by("joined_at", "id")

    def later_than(self, member: "Member") -> Self:
        """Those who come after that one by seniority."""
        later = Q(joined_at=member.joined_at, id__gt=member.pk) | Q(joined_at__gt=member.joined_at)
        # The index begins where the second condition says; an OR alone would have it read from the start.
        return self.filter(later, joined_at__gte=member.joined_at)

    def with_presence(self) -> Self:
        """Each with whether a socket of theirs is open."""
        return with_presence(self, "user")

    def with_timeout(self) -> Self:
        """Each with the end of the timeout that they are in."""
        timeouts = Timeout.objects.in_force().filter(server=OuterRef("server"), user=OuterRef("user"))
        return self.annotate(timeout_expires_at=Subquery(timeouts.values("expires_at")[:1]))


class Member(models.Model):
    """A user in a server."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    user = ForeignKey(User, "CASCADE", related_name="memberships", db_index=False)
    server = ForeignKey(Server, "CASCADE", related_name="members", db_index=False)
    nickname = models.CharField(_("nickname"), max_length=80, null=True, blank=True)
    joined_at = models.DateTimeField(default=timezone.now)

    objects = MemberQuerySet.as_manager()

    # Only where `with_presence()` was asked for it.
    live: bool

    class Meta:
        db_table = "server_members"
        verbose_name = _("member")
        verbose_name_plural = _("members")
        constraints = [models.UniqueConstraint(fields=["user", "server"], name="idx_server_members_user_server")]
        indexes = [models.Index(fields=["server", "joined_at", "id"], name="idx_server_members_server")]

    def __str__(self) -> str:
        return f"{self.user_id} in {self.server_id}"

    @property
    def presence(self) -> Shown:
        """What others see of them, of a row from `with_presence()`."""
        user: User = self.user
        return user.shown(self.live)
