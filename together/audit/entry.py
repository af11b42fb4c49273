"""A privileged act, as it is remembered."""

import uuid

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from together.database.fields import ForeignKey


class AuditEntry(models.Model):
    """Who did what to whom, what was before and after, and why. It stays when the server or a person goes.

    `channel_id` names the channel that the act is about, if any: who does not see that channel is not told of it.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    server = ForeignKey("guilds.Server", "SET NULL", related_name="+", null=True, blank=True, db_index=False)
    server_name = models.CharField(max_length=100, blank=True, default="")
    actor = ForeignKey(settings.AUTH_USER_MODEL, "SET NULL", related_name="+", null=True, blank=True, db_index=False)
    action = models.CharField(_("action"), max_length=40)
    target_type = models.CharField(_("kind of target"), max_length=20, null=True, blank=True)
    target_id = models.UUIDField(_("target"), null=True, blank=True)
    channel_id = models.UUIDField(null=True, blank=True)
    details = models.JSONField(default=dict)
    before = models.JSONField(default=dict)
    after = models.JSONField(default=dict)
    reason = models.CharField(_("reason"), max_length=512, null=True, blank=True)
    created_at = models.DateTimeField(default=timezone.now)

    class Meta:
        db_table = "audit_log"
        verbose_name = _("audit entry")
        verbose_name_plural = _("audit log")
        constraints = [
            # The wire pages by time alone: no two acts in one server share a moment, so no page loses a row.
            models.UniqueConstraint(fields=["server", "created_at"], name="idx_audit_log_server_time"),
        ]
        indexes = [
            models.Index(fields=["-created_at", "-id"], name="idx_audit_log_time"),
            models.Index(fields=["actor"], name="idx_audit_log_actor", condition=Q(actor__isnull=False)),
            models.Index(
                fields=["target_id", "-created_at"], name="idx_audit_log_target", condition=Q(target_id__isnull=False)
            ),
        ]

    def __str__(self) -> str:
        return f"{self.action} {self.target_type or ''}".strip()
