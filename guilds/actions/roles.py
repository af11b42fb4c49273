"""Making, changing, deleting and ordering roles."""

import uuid
from collections.abc import Iterable
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from accounts.models import User
from guilds import access, events
from guilds.actions.common import Fields, difference
from guilds.actions.locks import lock_server
from guilds.models import Override, Role, Server
from guilds.permissions import Permission
from together import limits
from together.audit import record, record_all
from together.events import publish
from together.refusals import Forbidden, NotFound, Refusal

# A server has at most this many roles (threats.md, resource caps).
MAX_ROLES = 250
_FIELDS = ("name", "permissions", "color", "position")


@transaction.atomic
def create_role(
    *,
    actor: User,
    server: Server,
    name: str,
    permissions: int = 0,
    color: str | None = None,
    position: int | None = None,
) -> Role:
    """Add a role, below all others unless a `position` is given.

    Raises `Forbidden` without MANAGE_ROLES, for permissions that the actor lacks, and for a place not below their own.
    """
    server = lock_server(server.pk)
    access.require(actor, Permission.MANAGE_ROLES, server)
    limits.hit("create", actor.pk)
    if server.roles.count() >= MAX_ROLES:
        raise Refusal(_("A server has at most {count} roles.").format(count=MAX_ROLES))
    access.require_grantable(actor, permissions, server)
    others = list(server.roles.in_order())
    role = Role.objects.create(
        server=server,
        name=name,
        permissions=int(permissions),
        color=color or None,
        position=1 if position is None else position,
    )
    moved = _lay_out(others, above=1) if position is None else []
    access.require_above(actor, server, role.position)
    for other in moved:
        publish(events.role_updated(other))
    publish(events.role_created(role))
    record(
        "role_create",
        actor=actor,
        server=server,
        target=("role", role.pk),
        details={"name": role.name, "permissions": role.permissions},
        after=_snapshot(role),
    )
    return role


@transaction.atomic
def update_role(*, actor: User, role: Role, **changes: Any) -> Role:
    """Change `name`, `permissions`, `color` (None clears it) or `position`.

    Raises `Forbidden` without MANAGE_ROLES, for a role that is or would be as high as the actor, and for changed
    permissions that they lack.
    """
    role = locked_role(actor, role)
    before = _snapshot(role)
    for name, value in changes.items():
        setattr(role, name, value)
    role.color = role.color or None
    was, now = difference(before, _snapshot(role))
    if not now:
        return role
    access.require_grantable(actor, role.permissions ^ before["permissions"], role.server)
    if "position" in now:
        access.require_above(actor, role.server, role.position)
    role.save(update_fields=list(now))
    if "permissions" in now:
        publish(events.access_changed(role.server_id))
    publish(events.role_updated(role))
    record(
        "role_update",
        actor=actor,
        server=role.server,
        target=("role", role.pk),
        details={"name": role.name, "permissions": role.permissions},
        before=was,
        after=now,
    )
    return role


@transaction.atomic
def delete_role(*, actor: User, role: Role) -> None:
    """Delete a role: nobody has it any more, and no channel speaks of it."""
    role = locked_role(actor, role)
    publish(events.role_deleted(role))
    gone, before = role.pk, _snapshot(role)
    # Each on its own: not everybody who reads of it sees every channel.
    silenced = [
        {
            "target": ("channel", override.channel_id),
            "channel_id": override.channel_id,
            "details": {"override_id": str(override.pk)},
            "before": {"role_id": str(gone), "user_id": None, "allow": override.allow, "deny": override.deny},
        }
        for override in Override.objects.filter(role=role).order_by("channel_id")
    ]
    role.delete()
    publish(events.access_changed(role.server_id))
    record_all("channel_override_delete", silenced, actor=actor, server=role.server)
    record(
        "role_delete",
        actor=actor,
        server=role.server,
        target=("role", gone),
        details={"name": role.name},
        before=before,
    )


@transaction.atomic
def reorder_roles(*, actor: User, server: Server, role_ids: list[uuid.UUID]) -> list[Role]:
    """Put all roles of a server in a new order, the highest first.

    Raises `Refusal` unless it names each role once, and `Forbidden` when a role as high as the actor's own would move.
    """
    server = lock_server(server.pk)
    access.require(actor, Permission.MANAGE_ROLES, server)
    roles = list(server.roles.in_order())
    by_id = {role.pk: role for role in roles}
    if sorted(role_ids) != sorted(by_id):
        raise Refusal(_("The order must name each role of the server once."))
    who = access.standing(actor, server)
    if who is None:
        raise NotFound
    fixed = [] if who.is_owner else [role for role in roles if role.position >= who.position]
    if role_ids[: len(fixed)] != [role.pk for role in fixed]:
        raise Forbidden(_("You may only move roles below your own, and not above it."))
    movable = [by_id[id] for id in role_ids[len(fixed) :]]
    moved = [role for place, role in enumerate(reversed(movable), 1) if _place(role, place)]
    moved += _lay_out(fixed, above=len(movable))
    ordered = [by_id[id] for id in role_ids]
    if moved:
        for role in moved:
            publish(events.role_updated(role))
        record(
            "role_reorder",
            actor=actor,
            server=server,
            target=("server", server.pk),
            before={"role_ids": [str(role.pk) for role in roles]},
            after={"role_ids": [str(role.pk) for role in ordered]},
        )
    return ordered


def locked_role(actor: User, role: Role) -> Role:
    """The role as it is now, for somebody who may change it."""
    server = lock_server(role.server_id)
    access.require(actor, Permission.MANAGE_ROLES, server)
    fresh = access.find_role(server, role.pk)
    access.require_above(actor, server, fresh.position)
    return fresh


def _lay_out(roles: Iterable[Role], *, above: int) -> list[Role]:
    """Number these roles, the highest first, closely above a position, and return those that moved.

    Who was level stays level: nobody comes to rank above anybody else by it.
    """
    roles = list(roles)
    levels = {position: above + place for place, position in enumerate(sorted({role.position for role in roles}), 1)}
    return [role for role in roles if _place(role, levels[role.position])]


def _place(role: Role, position: int) -> bool:
    if role.position == position:
        return False
    role.position = position
    role.save(update_fields=["position"])
    return True


def _snapshot(role: Role) -> Fields:
    return {name: getattr(role, name) for name in _FIELDS}
