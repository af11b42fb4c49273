"""What people do with their accounts. Every function is one intention, in one transaction."""

import uuid
from datetime import datetime, timedelta
from typing import Any

from django.db import IntegrityError, connection, transaction
from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts import events, tokens
from accounts.instance import registration_mode
from accounts.models import RegistrationMode, Session, User
from accounts.passwords import check, validate
from accounts.signals import invited
from together import limits
from together.events import publish
from together.refusals import Conflict, Forbidden, Invalid, NotFound, Unauthorized

# Clients refresh in parallel: this long the immediate predecessor still gets the same successor.
GRACE = timedelta(seconds=10)
# A sign-in beyond this many ends the least recently used one (protocol: 10).
MAX_SESSIONS = 10
USE_NOTED = timedelta(minutes=5)
# Registration decides under this lock who was first; any constant that nothing else here locks will do.
_FIRST_ACCOUNT = 0x66_69_72_73


@transaction.atomic
def register(
    *,
    username: str,
    password: str,
    email: str | None = None,
    invite_code: str | None = None,
    address: str | None = None,
) -> User:
    """Make a person. The first one of an instance is always let in, and becomes its administrator.

    Raises `Invalid` for a weak password, `Forbidden` while registration is closed, `Conflict` for a name or an address
    that somebody has, and `Invalid` where an invite is needed and this code is none; the code is not spent by any
    refusal. Codes are guessed no faster from one client `address` than invites are looked up there.
    """
    user = User(username=username, email=email or None)
    validate(password, user)
    user.is_admin = _is_first()
    code = None if user.is_admin else _code_wanted(invite_code)
    user.set_password(password)
    try:
        with transaction.atomic():
            user.save(force_insert=True)
    except IntegrityError as error:
        if "email" in str(error):
            raise Conflict(_("That e-mail address is taken.")) from None
        raise Conflict(_("That username is taken.")) from None
    if code is not None:
        honoured = invited.send(sender=User, user=user, code=code, address=address)
        if not any(let_in for _receiver, let_in in honoured):
            raise Invalid(invite_code=_("There is no such invite."))
    return user


@transaction.atomic
def sign_in(*, user: User, client: str = "") -> tuple[Session, str]:
    """Begin an API session; returns it with its refresh token.

    Raises `Unauthorized` when the password changed, or the account was disabled, since `user` was read.
    """
    session = _begin(user, client, tokens.refresh_expiry())
    token = tokens.refresh_token(session)
    session.refresh_token_hash = tokens.digest(token)
    session.save(update_fields=["refresh_token_hash"])
    return session, token


@transaction.atomic
def sign_in_page(*, user: User, client: str, lifetime: timedelta) -> Session:
    """Begin a page session, which a signed cookie names."""
    return _begin(user, client, timezone.now() + lifetime)


def refresh(*, token: str) -> tuple[Session, str]:
    """Exchange a refresh token for its successor.

    Raises `Unauthorized` for anything but the current token, or its predecessor within `GRACE`; using an older one
    ends the whole family, since somebody else must have it. Raises `Forbidden` for a disabled account.
    """
    session_id = tokens.session_of_refresh(token)
    if session_id is None:
        raise Unauthorized(_("The refresh token is wrong or expired."))
    limits.hit("account", session_id)
    with transaction.atomic():
        rows = Session.objects.select_for_update(of=("self",)).select_related("user")
        session = rows.filter(pk=session_id, revoked_at=None, expires_at__gt=timezone.now()).first()
        if session is not None and session.user.is_active:
            successor = _successor(session, tokens.digest(token))
            if successor:
                return session, successor
            end_sessions(Session.objects.filter(family=session.family))
    if session is not None and not session.user.is_active:
        raise Forbidden(_("This account is disabled."))
    raise Unauthorized(_("The refresh token is wrong or expired."))


@transaction.atomic
def sign_out(*, session: Session) -> None:
    """End one sign-in: its tokens stop working and its sockets close."""
    end_sessions(Session.objects.filter(pk=session.pk))


def note_use(*, session: Session) -> None:
    """Remember that a sign-in is in use, to within `USE_NOTED`: a write for each request would tell little more."""
    now = timezone.now()
    if now - session.last_active > USE_NOTED:
        Session.objects.filter(pk=session.pk).update(last_active=now)


@transaction.atomic
def revoke_session(*, actor: User, session_id: uuid.UUID) -> None:
    """End one of one's own sign-ins. Raises `NotFound` for any other."""
    if not end_sessions(Session.objects.live().filter(user=actor, pk=session_id)):
        raise NotFound


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
    """Change what one shows of oneself (`avatar_url`, `bio`, `pronouns`, `status`, `custom_status`, `activity`)."""
    for name, value in changes.items():
        setattr(actor, name, value)
    actor.save(update_fields=[*changes, "updated_at"])
    return actor


def end_sessions(sessions: QuerySet[Session]) -> int:
    """End these sign-ins, within the caller's transaction; returns how many of them had not ended yet."""
    ended = sessions.filter(revoked_at=None).order_by("pk").select_for_update(of=("self",), no_key=True)
    ids = [session.pk for session in ended.only("pk")]
    if ids:
        Session.objects.filter(pk__in=ids).update(revoked_at=timezone.now())
        publish(events.sessions_ended(ids))
    return len(ids)


def _is_first() -> bool:
    if User.objects.human().exists():
        return False
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [_FIRST_ACCOUNT])
    return not User.objects.human().exists()


def _code_wanted(invite_code: str | None) -> str | None:
    """The code that registration takes; None where it takes none. Raises what stands against registering."""
    match registration_mode():
        case RegistrationMode.OPEN:
            return None
        case RegistrationMode.CLOSED:
            raise Forbidden(_("Registration is closed here."))
    code = (invite_code or "").strip()
    if not code:
        raise Invalid(invite_code=_("You need an invite to register here."))
    return code


def _begin(user: User, client: str, expires_at: datetime) -> Session:
    # One at a time, so that the limit holds; and what was checked before, the password above all, must still be so.
    current = User.objects.select_for_update(no_key=True).get(pk=user.pk)
    if current.password != user.password or not current.is_active:
        raise Unauthorized(_("The account has changed. Please sign in again."))
    # Whole seconds, as in the tokens derived from it.
    now = timezone.now().replace(microsecond=0)
    session = Session.objects.create(user=user, client=client[:200], created_at=now, expires_at=expires_at)
    surplus = Session.objects.live().filter(user=user).order_by("-last_active", "-id")[MAX_SESSIONS:]
    end_sessions(Session.objects.filter(pk__in=list(surplus.values_list("pk", flat=True))))
    return session


def _successor(session: Session, presented: str) -> str | None:
    if presented == session.refresh_token_hash:
        session.previous_hash = presented
        session.generation += 1
        session.rotated_at = session.last_active = timezone.now()
        session.expires_at = tokens.refresh_expiry()
        token = tokens.refresh_token(session)
        session.refresh_token_hash = tokens.digest(token)
        session.save()
        return token
    just_rotated = session.rotated_at is not None and timezone.now() - session.rotated_at <= GRACE
    return tokens.refresh_token(session) if presented == session.previous_hash and just_rotated else None


def _set_password(user: User, new: str, keep: Session | None) -> None:
    user.set_password(new)
    user.save(update_fields=["password", "updated_at"])
    others = Session.objects.filter(user=user)
    end_sessions(others.exclude(pk=keep.pk) if keep else others)
