"""How people are looked up and made."""

from typing import TYPE_CHECKING, Any, Self

from django.contrib.auth.base_user import BaseUserManager
from django.db import models
from django.db.models.functions import Lower, Now
from django.utils import timezone

if TYPE_CHECKING:
    from accounts.models import Presence, Session, User  # noqa: F401  (named in a string below)


class UserQuerySet(models.QuerySet["User"]):
    def named(self, username: str) -> Self:
        """The one person of that name, in whatever letters it is written."""
        # `iexact` compiles to UPPER() and would miss the index on LOWER().
        return self.alias(lower_username=Lower("username")).filter(lower_username=username.lower())

    def with_email(self, email: str) -> Self:
        """The one person with that e-mail address, in whatever letters it is written."""
        return self.alias(lower_email=Lower("email")).filter(lower_email=email.lower())

    def active(self) -> Self:
        return self.filter(disabled_at=None)

    def human(self) -> Self:
        return self.filter(is_bot=False)


class UserManager(BaseUserManager.from_queryset(UserQuerySet)):  # type: ignore[misc]
    """Django's contract for user managers; the product itself registers people through `accounts.actions`."""

    def get_by_natural_key(self, username: str | None) -> "User":
        user: User = self.named(username or "").get()
        return user

    def create_user(self, username: str, password: str | None = None, **fields: Any) -> "User":
        user: User = self.model(username=username, **fields)
        user.set_password(password)
        user.save(using=self._db)
        return user

    def create_superuser(self, username: str, password: str | None = None, **fields: Any) -> "User":
        return self.create_user(username, password, is_admin=True, **fields)


class SessionQuerySet(models.QuerySet["Session"]):
    def live(self) -> Self:
        """Sign-ins that still count: neither ended, nor expired, nor of a disabled person."""
        return self.filter(revoked_at=None, expires_at__gt=timezone.now(), user__disabled_at=None)


class PresenceQuerySet(models.QuerySet["Presence"]):
    # By the database's clock: processes on several machines need not agree on theirs.
    def live(self) -> Self:
        return self.filter(expires_at__gt=Now())

    def expired(self) -> Self:
        return self.filter(expires_at__lte=Now())
