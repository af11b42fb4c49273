"""Making, revoking and accepting invites."""

import secrets
import string
from datetime import timedelta

from django.db import transaction
from django.db.models import F
from django.db.models.functions import Now
from django.utils.translation import gettext as _

from accounts.models import User
from guilds import access, events
from guilds.actions.locks import lock_server
from guilds.actions.members import admit
from guilds.models import Invite, Server
from guilds.permissions import Permission
from together import audit, limits
from together.events import publish
from together.refusals import Forbidden, NotFound, Refusal

# A server has at most this many invites that still let somebody in.
MAX_USABLE = 100
_ALPHABET = string.ascii_letters + string.digits
_LENGTH = 8


@transaction.atomic
def create_invite(
    *, actor: User, server: Server, max_uses: int | None = None, expires_in_hours: int | None = None
) -> Invite:
    """Make a code that lets people in: `max_uses` of them or any number, for so many hours or until it is revoked."""
    limits.hit("create", actor.pk)
    server = lock_server(server.pk)
    access.require(actor, Permission.CREATE_INVITES, server)
    if Invite.objects.usable().filter(server=server).count() >= MAX_USABLE:
        raise Refusal(_("A server can have {count} invites at a time. Revoke one first.").format(count=MAX_USABLE))
    invite = Invite.objects.create(
        server=server,
        code="".join(secrets.choice(_ALPHABET) for _position in range(_LENGTH)),
        created_by=actor,
        max_uses=max_uses,
        expires_at=Now() + timedelta(hours=expires_in_hours) if expires_in_hours else None,
    )
    invite.refresh_from_db()
    publish(events.invite_created(invite, to=access.holders(Permission.CREATE_INVITES, server)))
    details = {"code": invite.code, "max_uses": max_uses}
    after = {**details, "expires_at": invite.expires_at.isoformat() if invite.expires_at else None}
    audit.record(
        "invite_create", actor=actor, server=server, target=("invite", invite.pk), details=details, after=after
    )
    return invite


@transaction.atomic
def revoke_invite(*, actor: User, invite: Invite) -> None:
    """Make a code worth nothing. Raises `NotFound` when somebody else did meanwhile."""
    server = lock_server(invite.server_id)
    access.require(actor, Permission.CREATE_INVITES, server)
    _revoke(actor, server, invite)


@transaction.atomic
def revoke_any_invite(*, actor: User, invite: Invite) -> None:
    """Make a code worth nothing, whosever server it leads to. Only administrators, from Django admin."""
    if not actor.is_staff:
        raise Forbidden(_("Only an administrator of this instance may do that."))
    _revoke(actor, lock_server(invite.server_id), invite)


@transaction.atomic
def accept_invite(*, actor: User, code: str) -> Server:
    """Enter a server by a code, which is one use of it.

    Raises `NotFound` for a code that is none, `Refusal` for one that has expired or is used up, `Forbidden` where the
    server takes nobody or not them, `Conflict` for a member.
    """
    found = Invite.objects.with_code(code).first()
    if found is None:
        raise NotFound
    server = lock_server(found.server_id)
    invite = Invite.objects.filter(pk=found.pk)
    if not invite.exists():
        raise NotFound
    if not invite.fresh().exists():
        raise Refusal(_("This invite has expired."))
    if not invite.unspent().exists():
        raise Refusal(_("This invite is used up."))
    admit(server, actor)
    if not invite.unspent().update(uses=F("uses") + 1):
        raise Refusal(_("This invite is used up."))
    return server


def _revoke(actor: User, server: Server, invite: Invite) -> None:
    if (last := Invite.objects.filter(pk=invite.pk).first()) is None:
        raise NotFound
    last.delete()
    publish(events.invite_deleted(invite, to=access.holders(Permission.CREATE_INVITES, server)))
    before = {"code": last.code, "max_uses": last.max_uses, "uses": last.uses}
    audit.record("invite_revoke", actor=actor, server=server, target=("invite", invite.pk), before=before)
