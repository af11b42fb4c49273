"""People and their sign-ins."""

import uuid
from dataclasses import dataclass
from typing import ClassVar

from django.contrib.auth.base_user import AbstractBaseUser
from django.db import models
from django.db.models.functions import Lower
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.managers import PresenceQuerySet, SessionQuerySet, UserManager
from together.database.fields import ForeignKey


class Status(models.TextChoices):
    ONLINE = "online", _("online")
    AWAY = "away", _("away")
    DND = "dnd", _("do not disturb")
    OFFLINE = "offline", _("invisible")


@dataclass(frozen=True, slots=True)
class Shown:
    """What others see of whether somebody is there, and of what they are doing."""

    status: str = Status.OFFLINE
    custom_status: str | None = None
    activity: str | None = None

    @property
    def word(self) -> str:
        """The status for people to read."""
        return str(_("offline") if self.status == Status.OFFLINE else Status(self.status).label)


class User(AbstractBaseUser):
    """A person or a bot. `status` and its texts are what they chose; what others see of it is `presence`."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    username = models.CharField(_("username"), max_length=80)
    email = models.EmailField(_("e-mail"), max_length=320, null=True, blank=True)
    avatar_url = models.URLField(_("avatar"), max_length=2000, null=True, blank=True)
    status = models.CharField(_("status"), max_length=10, choices=Status, default=Status.ONLINE)
    custom_status = models.CharField(_("status text"), max_length=128, null=True, blank=True)
    activity = models.CharField(_("activity"), max_length=128, null=True, blank=True)
    bio = models.CharField(_("about"), max_length=500, null=True, blank=True)
    pronouns = models.CharField(_("pronouns"), max_length=40, null=True, blank=True)
    is_admin = models.BooleanField(_("instance administrator"), default=False)
    is_bot = models.BooleanField(_("bot"), default=False)
    disabled_at = models.DateTimeField(_("disabled at"), null=True, blank=True)
    # When the last reset token was made: a newer one takes the place of all before it.
    reset_at = models.DateTimeField(null=True, blank=True, editable=False)
    created_at = models.DateTimeField(_("created at"), default=timezone.now, editable=False)
    updated_at = models.DateTimeField(_("updated at"), auto_now=True)

    last_login = None

    objects: ClassVar[UserManager] = UserManager()

    USERNAME_FIELD = "username"
    EMAIL_FIELD = "email"

    class Meta:
        db_table = "users"
        verbose_name = _("user")
        verbose_name_plural = _("users")
        constraints = [
            models.UniqueConstraint(Lower("username"), name="idx_users_username"),
            models.UniqueConstraint(Lower("email"), name="idx_users_email"),
            models.CheckConstraint(condition=models.Q(status__in=Status.values), name="users_status_valid"),
        ]
        indexes = [
            models.Index(fields=["status"], name="idx_users_status", condition=~models.Q(status=Status.OFFLINE)),
        ]

    # Whether a socket of theirs is open; only where `accounts.presence.with_presence` was asked.
    live: bool

    def shown(self, live: bool) -> Shown:
        """What others see: the choice while a socket is live, and without one, or of who is invisible, nothing."""
        visible = live and self.status != Status.OFFLINE
        return Shown(self.status, self.custom_status, self.activity) if visible else Shown()

    @property
    def presence(self) -> Shown:
        """What others see, of a row from `with_presence`."""
        return self.shown(self.live)

    # A property where Django has a class attribute: an account is active until it is disabled.
    @property
    def is_active(self) -> bool:  # type: ignore[override]
        return self.disabled_at is None

    # What Django admin asks. Instance administrators may do everything there; nobody else enters.
    @property
    def is_staff(self) -> bool:
        return self.is_admin and self.is_active

    def has_perm(self, perm: str, obj: object = None) -> bool:
        return self.is_staff

    def has_module_perms(self, app_label: str) -> bool:
        return self.is_staff


class Session(models.Model):
    """One sign-in, by page or by API: listed, revoked and tied to sockets alike (design.md, section 6)."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    user = ForeignKey(User, "CASCADE", related_name="sessions", db_index=False)
    refresh_token_hash = models.CharField(max_length=64, null=True, blank=True)
    previous_hash = models.CharField(max_length=64, null=True, blank=True)
    family = models.UUIDField(default=uuid.uuid4)
    generation = models.PositiveIntegerField(default=0)
    rotated_at = models.DateTimeField(null=True, blank=True)
    expires_at = models.DateTimeField()
    revoked_at = models.DateTimeField(null=True, blank=True)
    client = models.CharField(_("client"), max_length=200, blank=True, default="")
    created_at = models.DateTimeField(default=timezone.now)
    last_active = models.DateTimeField(default=timezone.now)

    # Whether it is the one by which somebody asks; only where `accounts.access.sessions_of` was asked.
    current: bool

    objects = SessionQuerySet.as_manager()

    class Meta:
        db_table = "sessions"
        verbose_name = _("session")
        verbose_name_plural = _("sessions")
        constraints = [
            models.UniqueConstraint(fields=["refresh_token_hash"], name="idx_sessions_refresh_token_hash"),
        ]
        indexes = [
            models.Index(fields=["user"], name="idx_sessions_user"),
            models.Index(fields=["expires_at"], name="idx_sessions_expires_at"),
        ]

    def __str__(self) -> str:
        return f"{self.user_id} {self.client}".strip()


class Presence(models.Model):
    """Somebody has a socket open in a process, which prolongs this row; a process that died lets it expire."""

    id = models.BigAutoField(primary_key=True)
    user = ForeignKey(User, "CASCADE", related_name="presences", db_index=False)
    process = models.UUIDField()
    expires_at = models.DateTimeField()

    objects = PresenceQuerySet.as_manager()

    class Meta:
        db_table = "presences"
        constraints = [models.UniqueConstraint(fields=["user", "process"], name="idx_presences_user_process")]

    def __str__(self) -> str:
        return f"{self.user_id} in {self.process}"


class RegistrationMode(models.TextChoices):
    OPEN = "open", _("open to everyone")
    INVITE_ONLY = "invite_only", _("with an invite to a server")
    CLOSED = "closed", _("closed")


class InstanceSettings(models.Model):
    """What administrators decide for the whole instance. There is one row at most: without it the defaults hold."""

    id = models.PositiveSmallIntegerField(primary_key=True, default=1, editable=False)
    registration_mode = models.CharField(
        _("registration"), max_length=12, choices=RegistrationMode, default=RegistrationMode.OPEN
    )
    updated_at = models.DateTimeField(auto_now=True)
    updated_by = ForeignKey(User, "SET NULL", related_name="+", null=True, blank=True, db_index=False)

    class Meta:
        db_table = "instance_settings"
        verbose_name = _("settings of the instance")
        verbose_name_plural = _("settings of the instance")
        indexes = [models.Index(fields=["updated_by"], name="idx_settings_updated_by")]
        constraints = [
            models.CheckConstraint(condition=models.Q(id=1), name="instance_settings_is_one_row"),
            models.CheckConstraint(
                condition=models.Q(registration_mode__in=RegistrationMode.values),
                name="instance_settings_registration_mode_valid",
            ),
        ]

    def __str__(self) -> str:
        return str(self._meta.verbose_name)
