"""Making, changing, joining, giving away and deleting servers."""

import uuid
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import User
from guilds import access, events
from guilds.actions.common import difference
from guilds.actions.locks import lock_server
from guilds.actions.members import admit
from guilds.actions.moderation import lift_timeout
from guilds.layouts import Template, lay_out
from guilds.models import Member, Server
from guilds.permissions import Permission
from together import limits
from together.audit import record
from together.events import publish
from together.refusals import Forbidden, NotFound, Refusal

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
    record("server_create", actor=actor, server=server, target=("server", server.pk), details={"name": name})
    return server


@transaction.atomic
def update_server(*, actor: User, server: Server, **changes: Any) -> Server:
    """Change `name`, `icon_url`, `is_public`, `require_invite` or `joins_locked`, which takes MANAGE_SERVER.

    `default_permissions`, what every member may do, takes MANAGE_ROLES and the permissions that change.
    """
    locked = lock_server(server.pk)
    if changes.keys() != {"default_permissions"}:
        access.require(actor, Permission.MANAGE_SERVER, locked)
    if "default_permissions" in changes:
        access.require(actor, Permission.MANAGE_ROLES, locked)
        access.require_grantable(actor, changes["default_permissions"] ^ locked.default_permissions, locked)
    before, after = difference({name: getattr(locked, name) for name in changes}, changes)
    if after:
        for name, value in after.items():
            setattr(locked, name, value)
        locked.save(update_fields=[*after, "updated_at"])
        if "default_permissions" in after:
            publish(events.access_changed(locked.pk))
        publish(events.server_updated(locked))
        details = {"name": locked.name, "icon_url": locked.icon_url, "is_public": locked.is_public}
        target = ("server", locked.pk)
        record("server_update", actor=actor, server=locked, target=target, details=details, before=before, after=after)
    return Server.objects.with_member_count().get(pk=locked.pk)


@transaction.atomic
def delete_server(*, actor: User, server: Server) -> None:
    """Hide a server from everyone at once; its rows are purged in batches later. Its owner may, and administrators."""
    locked = lock_server(server.pk)
    if locked.owner_id != actor.pk and not actor.is_staff:
        raise Forbidden(_("Only the owner may delete a server."))
    publish(events.server_deleted(locked))
    locked.deleted_at = timezone.now()
    locked.save(update_fields=["deleted_at", "updated_at"])
    publish(events.access_changed(locked.pk))
    record("server_delete", actor=actor, server=locked, target=("server", locked.pk), details={"name": locked.name})


@transaction.atomic
def join_server(*, actor: User, server_id: uuid.UUID) -> Server:
    """Become a member of a public server. Raises `Forbidden` where an invite is wanted, and what `admit` raises."""
    server = lock_server(server_id)
    if not server.is_public:
        raise NotFound
    if server.require_invite:
        raise Forbidden(_("You need an invite to join this server."))
    admit(server, actor)
    return server


@transaction.atomic
def transfer_server(*, actor: User, server: Server, user: User) -> Server:
    """Give a server to another member. Only its owner may, who stays in it as a member.

    Raises `Forbidden` for others, `NotFound` for who is not a member, `Refusal` for who cannot own it.
    """
    locked = lock_server(server.pk)
    if not access.is_member(actor, locked):
        raise NotFound
    if locked.owner_id != actor.pk:
        raise Forbidden(_("Only the owner may transfer a server."))
    access.find_member(locked, user.pk)
    _require_may_own(locked, user)
    locked.owner = user
    locked.save(update_fields=["owner", "updated_at"])
    publish(events.server_updated(locked))
    publish(events.access_changed(locked.pk, actor.pk, user.pk))
    if lift_timeout(locked, user):
        record("member_timeout_remove", actor=actor, server=locked, target=("user", user.pk))
    record(
        "server_transfer",
        actor=actor,
        server=locked,
        target=("server", locked.pk),
        details={"owner_id": str(user.pk)},
        before={"owner_id": str(actor.pk)},
        after={"owner_id": str(user.pk)},
    )
    return locked


def _require_may_own(server: Server, user: User) -> None:
    if server.owner_id == user.pk:
        raise Refusal(_("You cannot transfer a server to yourself."))
    # How many they own is decided one at a time.
    fresh = User.objects.select_for_update(no_key=True).get(pk=user.pk)
    if fresh.is_bot or not fresh.is_active:
        raise Refusal(_("A bot or a disabled account cannot own a server."))
    if Server.objects.living().filter(owner=fresh).count() >= MAX_OWNED:
        raise Refusal(_("They own {count} servers already.").format(count=MAX_OWNED))
