"""Giving roles to members, and taking them away."""

from django.db import transaction
from django.utils.translation import gettext as _

from accounts.models import User
from guilds import access, events
from guilds.actions.roles import locked_role
from guilds.models import Member, MemberRole, Role
from together.audit import record
from together.events import publish
from together.refusals import Forbidden, NotFound


@transaction.atomic
def give_role(*, actor: User, member: Member, role: Role) -> None:
    """Give a member a role; nothing happens to who has it.

    Raises `Forbidden` without MANAGE_ROLES, for a role not below the actor or with permissions that they lack, and for
    somebody else who ranks as high.
    """
    role, member = locked_role(actor, role), _fresh(member)
    access.require_grantable(actor, role.permissions, role.server)
    _require_below(actor, member)
    if not MemberRole.objects.get_or_create(member=member, role=role)[1]:
        return
    publish(events.access_changed(role.server_id, member.user_id))
    publish(events.member_role_added(role, member.user_id))
    _record_held("member_role_add", actor, member, role)


@transaction.atomic
def take_role(*, actor: User, member: Member, role: Role) -> None:
    """Take a role from a member; nothing happens to who does not have it.

    Raises `Forbidden` without MANAGE_ROLES, for a role not below the actor, and for somebody else who ranks as high.
    """
    role, member = locked_role(actor, role), _fresh(member)
    _require_below(actor, member)
    if not MemberRole.objects.filter(member=member, role=role).delete()[0]:
        return
    publish(events.member_role_removed(role, member.user_id))
    publish(events.access_changed(role.server_id, member.user_id))
    _record_held("member_role_remove", actor, member, role)


def _fresh(member: Member) -> Member:
    return access.find_member(member.server, member.user_id)


def _require_below(actor: User, member: Member) -> None:
    """Raise `Forbidden` for somebody else who ranks as high as the actor."""
    if member.user_id == actor.pk or member.server.owner_id == actor.pk:
        return
    who, target = access.standing(actor, member.server), access.standing(member.user, member.server)
    if who is None or target is None:
        raise NotFound
    if target.is_owner or target.position >= who.position:
        raise Forbidden(_("They do not rank below you: you need a higher role, or to own the server."))


def _record_held(action: str, actor: User, member: Member, role: Role) -> None:
    record(
        action,
        actor=actor,
        server=role.server,
        target=("user", member.user_id),
        details={"role_id": str(role.pk), "role_name": role.name},
    )
