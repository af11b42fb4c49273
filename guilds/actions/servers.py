"""Making, changing, joining and leaving servers."""

import uuid
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import User
from guilds import access, events
from guilds.layouts import Template, lay_out
from guilds.models import Member, Server
from guilds.permissions import Permission
from together import limits
from together.events import publish
from together.refusals import Conflict, Forbidden, NotFound, Refusal

# A person owns at most this many servers (threats.md, resource caps).
MAX_OWNED = 100


@transaction.atomic
def create_server(
    *,
    actor: User,
    name: str,
    icon_url: str | None = None,
    is_public: bool = False,
    require_invite: bool = False,
    template: Template | None = None,
) -> Server:
    """Make a server that `actor` owns and is the first member of; without a template it has no channels."""
    limits.hit("create", actor.pk)
    User.objects.select_for_update(no_key=True).get(pk=actor.pk)
    if Server.objects.living().filter(owner=actor).count() >= MAX_OWNED:
        raise Refusal(_("You own {count} servers already.").format(count=MAX_OWNED))
    server = Server.objects.create(
        name=name, owner=actor, icon_url=icon_url, is_public=is_public, require_invite=require_invite
    )
    Member.objects.create(user=actor, server=server)
    if template:
        lay_out(server, template)
    publish(events.access_changed(server.pk, actor.pk))
    publish(events.member_joined(server, actor.pk))
    return server


@transaction.atomic
def update_server(*, actor: User, server: Server, **changes: Any) -> Server:
    """Change `name`, `icon_url`, `is_public` or `require_invite`."""
    access.require(actor, Permission.MANAGE_SERVER, server)
    for name, value in changes.items():
        setattr(server, name, value)
    server.save(update_fields=[*changes, "updated_at"])
    publish(events.server_updated(server))
    return server


@transaction.atomic
def delete_server(*, actor: User, server: Server) -> None:
    """Hide a server from everyone at once; its rows are purged in batches later. Its owner may, and administrators."""
    locked = _lock(server.pk)
    if locked.owner_id != actor.pk and not actor.is_staff:
        raise Forbidden(_("Only the owner may delete a server."))
    publish(events.server_deleted(locked))
    locked.deleted_at = timezone.now()
    locked.save(update_fields=["deleted_at", "updated_at"])
    publish(events.access_changed(locked.pk))


@transaction.atomic
def join_server(*, actor: User, server_id: uuid.UUID) -> Server:
    """Become a member of a public server. Raises `NotFound`, `Forbidden` (invite only) or `Conflict` (a member)."""
    server = _lock(server_id)
    if not server.is_public:
        raise NotFound
    if server.require_invite:
        raise Forbidden(_("You need an invite to join this server."))
    _member, joined = Member.objects.get_or_create(user=actor, server=server)
    if not joined:
        raise Conflict(_("You are a member of this server already."))
    publish(events.access_changed(server.pk, actor.pk))
    publish(events.member_joined(server, actor.pk))
    return server


@transaction.atomic
def leave_server(*, actor: User, server: Server) -> None:
    """Stop being a member. Raises `Refusal` for the owner, who must transfer or delete the server first."""
    locked = _lock(server.pk)
    if locked.owner_id == actor.pk:
        raise Refusal(_("The owner cannot leave their server."))
    left, _rows = Member.objects.filter(user=actor, server=locked).delete()
    if not left:
        raise NotFound
    publish(events.member_left(locked, actor.pk))
    publish(events.access_changed(locked.pk, actor.pk))


def _lock(server_id: uuid.UUID) -> Server:
    # Joins, leaves and the deletion of one server take turns.
    server = Server.objects.living().select_for_update(no_key=True).filter(pk=server_id).first()
    if server is None:
        raise NotFound
    return server
