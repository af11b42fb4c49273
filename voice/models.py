"""Who is in which voice channel."""

from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from guilds.models import Channel
from together.database.fields import ForeignKey, OneToOneField


class VoiceState(models.Model):
    """One person in one voice channel; a person is in one at a time, so the person is the key."""

    user = OneToOneField(User, "CASCADE", related_name="voice_state", primary_key=True)
    channel = ForeignKey(Channel, "CASCADE", related_name="voice_states", db_index=False)
    self_mute = models.BooleanField(_("muted by themselves"), default=False)
    self_deaf = models.BooleanField(_("deafened by themselves"), default=False)
    server_mute = models.BooleanField(_("muted by a moderator"), default=False)
    server_deaf = models.BooleanField(_("deafened by a moderator"), default=False)
    joined_at = models.DateTimeField(default=timezone.now)

    class Meta:
        db_table = "voice_states"
        verbose_name = _("voice state")
        verbose_name_plural = _("voice states")
        indexes = [models.Index(fields=["channel"], name="idx_voice_states_channel")]

    def __str__(self) -> str:
        return f"{self.user_id} in {self.channel_id}"
