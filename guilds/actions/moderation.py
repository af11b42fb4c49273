"""Bans and timeouts. Whoever imposes or lifts one needs the permission for it, and a higher rank to impose."""

import uuid
from datetime import timedelta
from typing import Any

from django.db import transaction
from django.db.models.functions import Now
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import User
from guilds import access, events
from guilds.actions.locks import lock_server
from guilds.actions.members import remove
from guilds.models import Ban, Server, Timeout
from guilds.permissions import Permission
from guilds.signals import member_timed_out, posts_unwanted
from together import limits
from together.audit import record
from together.events import publish
from together.refusals import Forbidden


@transaction.atomic
def ban_user(
    *,
    actor: User,
    server: Server,
    user: User,
    reason: str | None = None,
    expires_in_hours: int | None = None,
    delete_messages_hours: int | None = None,
) -> Ban:
    """Keep somebody out, member or not, for good or for a while; a second ban takes the place of the first.

    What they wrote in the last `delete_messages_hours` goes too. Takes BAN_MEMBERS and a higher rank.
    """
    locked = lock_server(server.pk)
    access.require_may_moderate(actor, Permission.BAN_MEMBERS, locked, user)
    limits.hit("create", actor.pk)
    reason = reason or None
    until = Now() + timedelta(hours=expires_in_hours) if expires_in_hours else None
    earlier = Ban.objects.in_force().filter(server=locked, user=user).first()
    ban: Ban = _impose(Ban, locked, user, banned_by=actor, reason=reason, expires_at=until)
    was_member = access.is_member(user, locked)
    publish(events.member_banned(locked, user.pk, reason, was_member=was_member))
    remove(locked, user.pk)
    if delete_messages_hours:
        # By this process's clock, as messages get their time from it.
        since = timezone.now() - timedelta(hours=delete_messages_hours)
        posts_unwanted.send(sender=Server, actor=actor, server=locked, user=user, since=since)
    record(
        "member_ban",
        actor=actor,
        server=locked,
        target=("user", user.pk),
        details={
            "reason": reason,
            "expires_in_hours": expires_in_hours,
            "delete_messages_hours": delete_messages_hours,
        },
        # A stranger is not told that a server which they never saw does not want them.
        before=({"member": True} if was_member else {}) | (_terms(earlier) if earlier else {}),
        after=({"member": False} if was_member else {}) | (_terms(ban) if earlier else {}),
        reason=reason,
    )
    return ban


@transaction.atomic
def unban_user(*, actor: User, server: Server, user_id: uuid.UUID) -> None:
    """Let somebody come in again; nothing happens if they are not banned. Takes BAN_MEMBERS."""
    locked = lock_server(server.pk)
    access.require(actor, Permission.BAN_MEMBERS, locked)
    lifted, _rows = Ban.objects.in_force().filter(server=locked, user=user_id).delete()
    if lifted:
        publish(events.member_unbanned(locked, user_id))
        record("member_unban", actor=actor, server=locked, target=("user", user_id))


@transaction.atomic
def time_out(*, actor: User, server: Server, user: User, duration_minutes: int, reason: str | None = None) -> Timeout:
    """Let a member only read for a while; a second timeout takes the place of the first.

    Takes MUTE_MEMBERS and a higher rank. Raises `Forbidden` for the owner and for administrators.
    """
    locked = lock_server(server.pk)
    access.find_member(locked, user.pk)
    access.require_may_moderate(actor, Permission.MUTE_MEMBERS, locked, user)
    if Permission.ADMINISTRATOR in access.flags(user, locked):
        raise Forbidden(_("An administrator cannot be timed out."))
    limits.hit("create", actor.pk)
    # What they are just posting comes before.
    locked.members.select_for_update().get(user=user)
    reason = reason or None
    until = Now() + timedelta(minutes=duration_minutes)
    timeout: Timeout = _impose(Timeout, locked, user, created_by=actor, reason=reason, expires_at=until)
    publish(events.member_timed_out(timeout))
    member_timed_out.send(sender=Server, server=locked, user=user)
    record(
        "member_timeout",
        actor=actor,
        server=locked,
        target=("user", user.pk),
        details={"duration_minutes": duration_minutes, "reason": reason},
        reason=reason,
    )
    return timeout


@transaction.atomic
def end_timeout(*, actor: User, server: Server, user: User) -> None:
    """Let a member take part again; nothing happens if they are not timed out. Takes MUTE_MEMBERS and a higher rank."""
    locked = lock_server(server.pk)
    access.find_member(locked, user.pk)
    access.require_may_moderate(actor, Permission.MUTE_MEMBERS, locked, user)
    if lift_timeout(locked, user):
        record("member_timeout_remove", actor=actor, server=locked, target=("user", user.pk))


def lift_timeout(server: Server, user: User) -> bool:
    """End somebody's timeout in a server whose row the caller has locked; False if there was none."""
    lifted, _rows = Timeout.objects.in_force().filter(server=server, user=user).delete()
    if lifted:
        publish(events.member_timeout_removed(server, user.pk))
    return bool(lifted)


def _terms(ban: Ban) -> dict[str, str | None]:
    return {"reason": ban.reason, "expires_at": ban.expires_at.isoformat() if ban.expires_at else None}


def _impose(kind: Any, server: Server, user: User, **terms: Any) -> Any:
    # What has run out is none: the new one is not as old as that.
    kind.objects.filter(server=server, user=user, expires_at__lte=Now()).delete()
    penalty, _made = kind.objects.update_or_create(server=server, user=user, defaults=terms)
    penalty.refresh_from_db(fields=["expires_at"])
    return penalty
