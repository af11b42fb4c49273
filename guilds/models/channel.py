"""Channels, and the categories that group them."""

import uuid
from typing import Self

from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from guilds.models.flags import FlagsField
from guilds.models.server import Server
from together.database.fields import ForeignKey


class ChannelType(models.TextChoices):
    TEXT = "text", _("text")
    VOICE = "voice", _("voice")
    CATEGORY = "category", _("category")
    DM = "dm", _("conversation of two")
    GROUP = "group", _("conversation of a few")


CONVERSATIONS = [ChannelType.DM, ChannelType.GROUP]


class ChannelQuerySet(models.QuerySet["Channel"]):
    def in_living_servers(self) -> Self:
        return self.filter(server__deleted_at=None)

    def with_category(self) -> Self:
        """Each with the name of its category."""
        return self.annotate(category=F("parent__name"))

    def listed(self) -> Self:
        """In the order of the wire, each with the name of its category; categories themselves are left out."""
        return self.exclude(type=ChannelType.CATEGORY).with_category().in_order()

    def categories(self) -> Self:
        return self.filter(type=ChannelType.CATEGORY).in_order()

    def in_order(self) -> Self:
        return self.order_by("position", "created_at", "id")


class Channel(models.Model):
    """A place to talk. A category is a channel too: it groups others and may lend them its permissions."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    server = ForeignKey(Server, "CASCADE", related_name="channels", null=True, blank=True, db_index=False)
    parent = ForeignKey(
        "self", "SET NULL", related_name="children", null=True, blank=True, db_index=False, verbose_name=_("category")
    )
    name = models.CharField(_("name"), max_length=100, blank=True)
    type = models.CharField(_("type"), max_length=10, choices=ChannelType, default=ChannelType.TEXT)
    position = models.IntegerField(_("position"), default=0)
    topic = models.CharField(_("topic"), max_length=1024, null=True, blank=True)
    inherits = models.BooleanField(_("permissions of its category"), default=False)
    default_allow = FlagsField()
    default_deny = FlagsField()
    slow_mode = models.PositiveIntegerField(_("seconds between messages"), default=0)
    created_at = models.DateTimeField(default=timezone.now)

    objects = ChannelQuerySet.as_manager()

    # The name of its category, where `with_category()` was asked for it.
    category: str | None

    class Meta:
        db_table = "channels"
        verbose_name = _("channel")
        verbose_name_plural = _("channels")
        constraints = [
            models.CheckConstraint(condition=Q(type__in=ChannelType.values), name="channels_type_valid"),
            models.CheckConstraint(
                condition=Q(type__in=CONVERSATIONS, server=None) | ~Q(type__in=CONVERSATIONS) & ~Q(server=None),
                name="channels_conversation_has_no_server",
            ),
            models.CheckConstraint(
                condition=Q(default_allow__gte=0, default_deny__gte=0), name="channels_defaults_valid"
            ),
            # Without a category there is nothing to inherit: what was hidden with it would be open to all.
            models.CheckConstraint(
                condition=Q(inherits=False) | Q(parent__isnull=False), name="channels_inherit_from_a_category"
            ),
            models.CheckConstraint(
                condition=~Q(type="category") | Q(parent=None), name="channels_category_is_in_no_category"
            ),
        ]
        indexes = [
            models.Index(fields=["server", "position", "created_at"], name="idx_channels_server_position"),
            models.Index(fields=["server", "type"], name="idx_channels_server_type"),
            models.Index(fields=["parent"], name="idx_channels_parent", condition=Q(parent__isnull=False)),
        ]

    def __str__(self) -> str:
        return f"#{self.name}"
