"""Messages, and what hangs on them."""

import uuid
from typing import Self

from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex
from django.contrib.postgres.search import SearchVector, SearchVectorField
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from uuid_utils.compat import uuid7

from accounts.models import User
from guilds.models import Channel
from together.database.fields import ForeignKey

# What the wire allows in one message, in Unicode code points.
MAX_CONTENT = 4000
# Messages that one purge deletes, at most.
MAX_PURGED = 500
# 50 MiB, the wire's limit for one file.
MAX_FILE_SIZE = 52_428_800


class MessageQuerySet(models.QuerySet["Message"]):
    def living(self) -> Self:
        return self.filter(deleted=False)

    def history(self) -> Self:
        """What a channel shows: no deleted messages and no replies in threads, newest first."""
        return self.living().filter(thread=None).order_by("-created_at", "-id")

    def older_than(self, message: "Message") -> Self:
        return self._beyond("<", message)

    def newer_than(self, message: "Message") -> Self:
        return self._beyond(">", message)

    def _beyond(self, sign: str, message: "Message") -> Self:
        # One row comparison, which the index answers at any depth; an OR of two conditions is 1,800 × slower.
        row = models.expressions.RawSQL(  # noqa: S611  (a constant sign, and parameters)
            f'("messages"."created_at", "messages"."id") {sign} (%s, %s)',
            (message.created_at, message.pk),
            output_field=models.BooleanField(),
        )
        return self.filter(row)


class MessageManager(models.Manager.from_queryset(MessageQuerySet)):  # type: ignore[misc]
    def get_queryset(self) -> MessageQuerySet:
        # Only the database ever reads the vector.
        return MessageQuerySet(self.model, using=self._db).defer("search_vector")


class Message(models.Model):
    """One message. Deleting is soft: the row stays, and readers never see it."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    channel = ForeignKey(Channel, "CASCADE", related_name="messages", db_index=False)
    author = ForeignKey(User, "SET NULL", related_name="messages", null=True, db_index=False)
    content = models.TextField(_("content"), max_length=MAX_CONTENT)
    reply_to = ForeignKey("self", "SET NULL", related_name="replies", null=True, blank=True, db_index=False)
    thread = ForeignKey("self", "CASCADE", related_name="thread_messages", null=True, blank=True, db_index=False)
    nonce = models.CharField(max_length=64, null=True, blank=True)
    # What the content meant when it was sent or edited; a name that somebody takes later is not a mention.
    mention_user_ids = ArrayField(models.UUIDField(), default=list, blank=True)
    mention_everyone = models.BooleanField(default=False)
    edited_at = models.DateTimeField(_("edited at"), null=True, blank=True)
    deleted = models.BooleanField(_("deleted"), default=False)
    created_at = models.DateTimeField(_("sent at"), default=timezone.now)
    search_vector = models.GeneratedField(
        expression=SearchVector("content", config="english"), output_field=SearchVectorField(), db_persist=True
    )

    objects = MessageManager()

    class Meta:
        db_table = "messages"
        verbose_name = _("message")
        verbose_name_plural = _("messages")
        constraints = [models.UniqueConstraint(fields=["author", "nonce"], name="idx_messages_author_nonce")]
        indexes = [
            models.Index(
                fields=["channel", "-created_at", "-id"],
                name="idx_messages_channel_time",
                condition=Q(deleted=False, thread=None),
            ),
            # The foreign keys themselves look these up, deleted rows too.
            models.Index(fields=["channel"], name="idx_messages_channel"),
            models.Index(fields=["author", "-created_at"], name="idx_messages_author_time", condition=Q(deleted=False)),
            models.Index(fields=["reply_to"], name="idx_messages_reply_to", condition=Q(reply_to__isnull=False)),
            models.Index(
                fields=["thread", "created_at", "id"], name="idx_messages_thread", condition=Q(thread__isnull=False)
            ),
            GinIndex(fields=["search_vector"], name="idx_messages_search", condition=Q(deleted=False)),
        ]

    def __str__(self) -> str:
        return self.content[:60]


class Reaction(models.Model):
    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    message = ForeignKey(Message, "CASCADE", related_name="reactions", db_index=False)
    user = ForeignKey(User, "CASCADE", related_name="reactions", db_index=False)
    emoji = models.CharField(_("emoji"), max_length=64)
    created_at = models.DateTimeField(default=timezone.now)

    class Meta:
        db_table = "reactions"
        verbose_name = _("reaction")
        verbose_name_plural = _("reactions")
        constraints = [
            models.UniqueConstraint(fields=["message", "user", "emoji"], name="idx_reactions_message_user_emoji")
        ]
        indexes = [models.Index(fields=["user"], name="idx_reactions_user")]

    def __str__(self) -> str:
        return f"{self.emoji} {self.user_id}"


class Attachment(models.Model):
    """A file. Until its message is sent it belongs to its uploader alone."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    message = ForeignKey(Message, "CASCADE", related_name="attachments", null=True, blank=True, db_index=False)
    uploader = ForeignKey(User, "SET NULL", related_name="attachments", null=True, blank=True, db_index=False)
    filename = models.CharField(_("file name"), max_length=255)
    file_size = models.BigIntegerField(
        _("size in bytes"), validators=[MinValueValidator(1), MaxValueValidator(MAX_FILE_SIZE)]
    )
    mime_type = models.CharField(_("type"), max_length=100)
    url = models.CharField(max_length=500)
    width = models.PositiveIntegerField(null=True, blank=True)
    height = models.PositiveIntegerField(null=True, blank=True)
    created_at = models.DateTimeField(default=timezone.now)

    class Meta:
        db_table = "attachments"
        verbose_name = _("attachment")
        verbose_name_plural = _("attachments")
        constraints = [
            models.CheckConstraint(
                condition=Q(file_size__gte=1, file_size__lte=MAX_FILE_SIZE), name="attachments_file_size_valid"
            )
        ]
        indexes = [
            models.Index(fields=["message", "created_at"], name="idx_attachments_message"),
            models.Index(
                fields=["message", "created_at"],
                name="idx_attachments_images",
                condition=Q(mime_type__startswith="image/"),
            ),
            models.Index(fields=["uploader"], name="idx_attachments_uploader", condition=Q(uploader__isnull=False)),
        ]

    def __str__(self) -> str:
        return self.filename


class LastPost(models.Model):
    """When somebody last posted in a channel with slow mode."""

    id = models.BigAutoField(primary_key=True)
    channel = ForeignKey(Channel, "CASCADE", related_name="last_posts", db_index=False)
    user = ForeignKey(User, "CASCADE", related_name="last_posts", db_index=False)
    posted_at = models.DateTimeField()

    class Meta:
        db_table = "last_posts"
        constraints = [models.UniqueConstraint(fields=["channel", "user"], name="idx_last_posts_channel_user")]
        indexes = [models.Index(fields=["user"], name="idx_last_posts_user")]

    def __str__(self) -> str:
        return f"{self.user_id} in {self.channel_id}"


class ReadState(models.Model):
    """How far somebody has read a channel: the place (`read_at`, `message_id`) of a message, in the order of history.

    `message_id` is no foreign key: the place stays when its message is gone. Who has none has read nothing since they
    came into the server.
    """

    id = models.BigAutoField(primary_key=True)
    user = ForeignKey(User, "CASCADE", related_name="read_states", db_index=False)
    channel = ForeignKey(Channel, "CASCADE", related_name="read_states", db_index=False)
    read_at = models.DateTimeField()
    message_id = models.UUIDField()

    class Meta:
        db_table = "read_states"
        constraints = [models.UniqueConstraint(fields=["user", "channel"], name="idx_read_states_user_channel")]
        indexes = [models.Index(fields=["channel"], name="idx_read_states_channel")]

    def __str__(self) -> str:
        return f"{self.user_id} in {self.channel_id}"
