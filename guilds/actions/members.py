"""Coming, going, being sent away, and being called something else."""

import uuid

from django.db import transaction
from django.utils.translation import gettext as _

from accounts.models import User
from guilds import access, events
from guilds.actions.locks import lock_server
from guilds.models import Ban, Member, Override, Server
from guilds.permissions import Permission, Step
from guilds.signals import membership_ended
from together.audit import record
from together.events import publish, publish_all
from together.refusals import Conflict, Forbidden, Refusal

# A person is in at most this many servers (threats.md, resource caps).
MAX_MEMBERSHIPS = 200


def admit(server: Server, user: User) -> Member:
    """Make somebody a member of a server whose row the caller has locked: every way in leads through here.

    Raises `Forbidden` for those who are banned and while the server is locked, `Conflict` for members, and `Refusal`
    for who is in too many servers.
    """
    if Ban.objects.in_force().filter(server=server, user=user).exists():
        raise Forbidden(_("You are banned from this server."))
    if Member.objects.filter(server=server, user=user).exists():
        raise Conflict(_("You are a member of this server already."))
    if server.joins_locked:
        raise Forbidden(_("This server is locked: nobody new can join for now."))
    User.objects.select_for_update(no_key=True).get(pk=user.pk)
    if Member.objects.in_living_servers().filter(user=user).count() >= MAX_MEMBERSHIPS:
        raise Refusal(_("You are in {count} servers already.").format(count=MAX_MEMBERSHIPS))
    member = Member.objects.create(server=server, user=user)
    publish(events.access_changed(server.pk, user.pk))
    publish(events.member_joined(server, user.pk))
    return member


def remove(server: Server, user_id: uuid.UUID, *, account_ends: bool = False) -> bool:
    """End somebody's membership of a server whose row the caller has locked; False if they had none.

    Their roles go with it, and what channels allowed them; what channels denied them awaits their return, unless their
    account ends. Other apps end what needs membership. Publish what they must still hear before.
    """
    # Locked, not only deleted: what the person is just posting comes before.
    members = Member.objects.select_related("user").select_for_update(of=("self",))
    member = members.filter(server=server, user=user_id).first()
    if member is None:
        return False
    overrides = Override.objects.filter(channel__server=server, user=user_id)
    kept = overrides.none() if account_ends else overrides.exclude(deny=0)
    lessened = list(kept.exclude(allow=0))
    for override in lessened:
        override.allow = 0
    Override.objects.bulk_update(lessened, ["allow"])
    gone = overrides.exclude(pk__in=kept.values("pk"))
    publish_all(events.override_updated(override) for override in lessened)
    publish_all(events.override_deleted(override) for override in gone)
    gone.delete()
    member.delete()
    membership_ended.send(sender=Server, server=server, user=member.user)
    publish(events.access_changed(server.pk, user_id))
    return True


@transaction.atomic
def leave_server(*, actor: User, server: Server) -> None:
    """Stop being a member. Raises `Refusal` for the owner, who must transfer or delete the server first."""
    locked = lock_server(server.pk)
    if locked.owner_id == actor.pk:
        raise Refusal(_("The owner cannot leave their server."))
    access.find_member(locked, actor.pk)
    publish(events.member_left(locked, actor.pk))
    remove(locked, actor.pk)


@transaction.atomic
def kick_member(*, actor: User, server: Server, user: User, reason: str | None = None) -> None:
    """Send a member away, who may come back. Takes KICK_MEMBERS and a higher rank."""
    locked = lock_server(server.pk)
    access.find_member(locked, user.pk)
    access.require_may_moderate(actor, Permission.KICK_MEMBERS, locked, user)
    reason = reason or None
    publish(events.member_kicked(locked, user.pk, reason))
    remove(locked, user.pk)
    record(
        "member_kick", actor=actor, server=locked, target=("user", user.pk), details={"reason": reason}, reason=reason
    )


@transaction.atomic
def change_nickname(*, actor: User, member: Member, nickname: str | None) -> Member:
    """What a member is called in the server; None or an empty one gives them their username back.

    One's own is free, except during a timeout; anybody else's takes MUTE_MEMBERS and a higher rank.
    """
    server = lock_server(member.server_id)
    if actor.pk == member.user_id:
        _require_in_good_standing(actor, server)
    else:
        access.require_may_moderate(actor, Permission.MUTE_MEMBERS, server, member.user)
    member = access.find_member(server, member.user_id)
    before, after = member.nickname, nickname or None
    if before == after:
        return member
    member.nickname = after
    member.save(update_fields=["nickname"])
    publish(events.member_updated(member))
    if actor.pk != member.user_id:
        record(
            "member_update",
            actor=actor,
            server=server,
            target=("user", member.user_id),
            details={"nickname": after},
            before={"nickname": before},
            after={"nickname": after},
        )
    return member


def _require_in_good_standing(actor: User, server: Server) -> None:
    if access.why(actor, server)[Permission.SEND_MESSAGES].step == Step.TIMED_OUT:
        raise Forbidden(_("You cannot do that while you are timed out."))
