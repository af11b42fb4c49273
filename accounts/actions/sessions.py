"""Signing in and out, and staying signed in."""

import uuid
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts import events, tokens
from accounts.models import Session, User
from together import limits
from together.events import publish
from together.refusals import Forbidden, NotFound, Unauthorized

# Clients refresh in parallel: this long the immediate predecessor still gets the same successor.
GRACE = timedelta(seconds=10)
# A sign-in beyond this many ends the least recently used one (protocol: 10).
MAX_SESSIONS = 10
USE_NOTED = timedelta(minutes=5)


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


def end_sessions(sessions: QuerySet[Session]) -> int:
    """End these sign-ins, within the caller's transaction; returns how many of them had not ended yet."""
    ended = sessions.filter(revoked_at=None).order_by("pk").select_for_update(of=("self",), no_key=True)
    ids = [session.pk for session in ended.only("pk")]
    if ids:
        Session.objects.filter(pk__in=ids).update(revoked_at=timezone.now())
        publish(events.sessions_ended(ids))
    return len(ids)


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
