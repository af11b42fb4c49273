"""Invites: links that let people into a server."""

import re
import uuid
from typing import Self

from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Now
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from guilds.models.server import Server
from together.database.fields import ForeignKey

# What a code may look like: anything else is none, and is not looked up.
_CODE = re.compile("[A-Za-z0-9]{1,32}")


class InviteQuerySet(models.QuerySet["Invite"]):
    def with_code(self, code: str) -> Self:
        """The one invite of that code, in exactly these letters."""
        return self.filter(code=code) if _CODE.fullmatch(code) else self.none()

    def fresh(self) -> Self:
        """Not expired."""
        return self.filter(Q(expires_at=None) | Q(expires_at__gt=Now()))

    def unspent(self) -> Self:
        """Not used up."""
        return self.filter(Q(max_uses=None) | Q(uses__lt=F("max_uses")))

    def usable(self) -> Self:
        """Neither expired nor used up, in a server that is there."""
        return self.fresh().unspent().filter(server__deleted_at=None)

    def newest_first(self) -> Self:
        return self.order_by("-created_at", "id")


class Invite(models.Model):
    """A code that lets people in, until it expires (by the database's clock), is used up, or is revoked (deleted)."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    server = ForeignKey(Server, "CASCADE", related_name="invites", db_index=False)
    code = models.CharField(_("code"), max_length=32, unique=True)
    created_by = ForeignKey(User, "SET NULL", related_name="invites", null=True, blank=True, db_index=False)
    max_uses = models.PositiveIntegerField(_("uses at most"), null=True, blank=True)
    uses = models.PositiveIntegerField(_("uses"), default=0)
    expires_at = models.DateTimeField(_("expires at"), null=True, blank=True)
    created_at = models.DateTimeField(default=timezone.now)

    objects = InviteQuerySet.as_manager()

    class Meta:
        db_table = "invites"
        verbose_name = _("invite")
        verbose_name_plural = _("invites")
        constraints = [
            models.CheckConstraint(
                condition=Q(max_uses=None) | Q(max_uses__gt=0, uses__lte=F("max_uses")), name="invites_uses_valid"
            ),
        ]
        indexes = [
            models.Index(fields=["server", "-created_at"], name="idx_invites_server"),
            models.Index(fields=["created_by"], name="idx_invites_created_by", condition=Q(created_by__isnull=False)),
        ]

    def __str__(self) -> str:
        return self.code
