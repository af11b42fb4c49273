"""Changing one's password and what one shows of oneself."""

from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts import events
from accounts.actions.sessions import end_sessions
from accounts.models import Presence, Session, User
from accounts.passwords import check, validate
from accounts.signals import presence_changed
from together.events import publish
from together.refusals import Invalid, NotFound, Unauthorized

# What one shows of oneself.
CHOICES = ("avatar_url", "bio", "pronouns", "status", "custom_status", "activity")


@transaction.atomic
def change_password(*, actor: User, current: str, new: str, keep: Session | None = None, address: str | None) -> None:
    """Set a new password; every other sign-in ends. Raises `Invalid` when the current one is wrong, or the new weak."""
    try:
        check(actor.username, current, address=address)
    except Unauthorized:
        raise Invalid(current_password=_("This is not your current password.")) from None
    validate(new, actor, field="new_password")
    _set_password(actor, new, keep)


@transaction.atomic
def reset_password(*, user: User, new: str) -> None:
    """Set a new password for somebody who proved to have a reset link; every sign-in ends."""
    validate(new, user, field="new_password")
    _set_password(user, new, None)


@transaction.atomic
def update_profile(*, actor: User, **changes: Any) -> User:
    """Change what one shows of oneself (`avatar_url`, `bio`, `pronouns`, `status`, `custom_status`, `activity`).

    One's own devices are told of any change, others of what they see of it. Where nothing changes, nothing is told.
    """
    # Locked before its sockets are looked at, as `accounts.actions.presence` does.
    before = User.objects.select_for_update(no_key=True).filter(pk=actor.pk).first()
    if before is None:
        raise NotFound
    changed = {name: value for name, value in changes.items() if getattr(before, name) != value}
    live = Presence.objects.live().filter(user=before).exists()
    for name in CHOICES:
        setattr(actor, name, getattr(before, name))
    if changed:
        _save(actor, **changed)
        publish(events.user_updated(actor.pk))
    if actor.shown(live) != before.shown(live):
        presence_changed.send(sender=User, users=[actor])
    return actor


def _set_password(user: User, new: str, keep: Session | None) -> None:
    user.set_password(new)
    _save(user, password=user.password)
    others = Session.objects.filter(user=user)
    end_sessions(others.exclude(pk=keep.pk) if keep else others)


def _save(user: User, **changes: Any) -> None:
    # The account may be gone since it was looked up.
    changes["updated_at"] = timezone.now()
    if not User.objects.filter(pk=user.pk).update(**changes):
        raise NotFound
    for name, value in changes.items():
        setattr(user, name, value)
