"""What administrators of the instance do with accounts. Each act that changes something is in the audit log."""

from typing import Any

from django.db import connection, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.actions.sessions import end_sessions
from accounts.models import Session, User
from accounts.signals import account_ending
from together.audit import record
from together.refusals import Forbidden, NotFound, Refusal

# Acts on accounts take turns under this lock; any constant that nothing else here locks will do.
_TURN = 0x61_64_6D_69


@transaction.atomic
def disable(*, actor: User, user: User) -> User:
    """Shut an account: it stays, cannot sign in, and its sockets close. Raises `Refusal` for one's own."""
    _take_turn(actor)
    if user.pk == actor.pk:
        raise Refusal(_("You cannot disable your own account."))
    user = _fresh(user)
    if user.is_active:
        _change(user, disabled_at=timezone.now())
        end_sessions(Session.objects.filter(user=user))
        _record("user_disable", actor, user, before={"disabled": False}, after={"disabled": True})
    return user


@transaction.atomic
def enable(*, actor: User, user: User) -> User:
    """Open a shut account again."""
    _take_turn(actor)
    user = _fresh(user)
    if not user.is_active:
        _change(user, disabled_at=None)
        _record("user_enable", actor, user, before={"disabled": True}, after={"disabled": False})
    return user


@transaction.atomic
def promote(*, actor: User, user: User) -> User:
    """Make somebody an administrator of the instance. Raises `Refusal` for a bot."""
    _take_turn(actor)
    user = _fresh(user)
    if user.is_bot:
        raise Refusal(_("A bot cannot be an administrator."))
    if not user.is_admin:
        _change(user, is_admin=True)
        _record("user_promote", actor, user, before={"is_admin": False}, after={"is_admin": True})
    return user


@transaction.atomic
def demote(*, actor: User, user: User) -> User:
    """Make an administrator an ordinary person again. Raises `Refusal` for oneself."""
    _take_turn(actor)
    if user.pk == actor.pk:
        raise Refusal(_("You cannot take your own administration away: ask another administrator."))
    user = _fresh(user)
    if user.is_admin:
        _change(user, is_admin=False)
        _record("user_demote", actor, user, before={"is_admin": True}, after={"is_admin": False})
    return user


@transaction.atomic
def update_account(*, actor: User, user: User, is_admin: bool | None = None, disabled: bool | None = None) -> User:
    """Both at once, or neither: None leaves a thing as it is."""
    for wanted, yes, no in ((is_admin, promote, demote), (disabled, disable, enable)):
        if wanted is not None:
            user = (yes if wanted else no)(actor=actor, user=user)
    return user


@transaction.atomic
def delete_user(*, actor: User, user: User) -> None:
    """Delete an account for good. What they wrote stays, without their name.

    Raises `Refusal` for oneself, and for who owns a server: that needs another owner first.
    """
    _take_turn(actor)
    if user.pk == actor.pk:
        raise Refusal(_("You cannot delete your own account."))
    # Before their row is locked: servers come first in the order of locks.
    account_ending.send(sender=User, actor=actor, user=user)
    user = _fresh(user)
    end_sessions(Session.objects.filter(user=user))
    User.objects.filter(pk=user.pk).delete()
    _record("user_delete", actor, user)


@transaction.atomic
def end_session(*, actor: User, session: Session) -> None:
    """End anybody's sign-in."""
    _take_turn(actor)
    if end_sessions(Session.objects.filter(pk=session.pk)):
        details = {"session_id": str(session.pk), "client": session.client}
        record("session_end", actor=actor, target=("user", session.user_id), details=details)


def _take_turn(actor: User) -> None:
    # One act after the other, each by somebody who still is an administrator. Since nobody demotes, disables or
    # deletes themself, one is always left.
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [_TURN])
    if not User.objects.active().filter(pk=actor.pk, is_admin=True).exists():
        raise Forbidden(_("Only an administrator of this instance may do that."))


def _fresh(user: User) -> User:
    found: User | None = User.objects.select_for_update(no_key=True).filter(pk=user.pk).first()
    if found is None:
        raise NotFound
    return found


def _change(user: User, **changes: Any) -> None:
    for name, value in changes.items():
        setattr(user, name, value)
    user.save(update_fields=[*changes, "updated_at"])


def _record(action: str, actor: User, user: User, **changes: Any) -> None:
    record(action, actor=actor, target=("user", user.pk), details={"username": user.username}, **changes)
