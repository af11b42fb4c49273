"""Why somebody may or may not do things: what the resolver says, with names."""

import uuid
from typing import Any

from accounts.models import User
from guilds.access.abilities import Where, require, server_of, why
from guilds.access.lookups import find_member
from guilds.models import Role, Server, Timeout
from guilds.permissions import Decision, Permission, Step
from together.refusals import NotFound


def explanation(actor: User, user_id: uuid.UUID, where: Where) -> dict[str, Any]:
    """What a member of the server may do here, and for each flag the step that decided it.

    Raises `NotFound` for who is not a member, and `Forbidden` for others than oneself without MANAGE_ROLES.
    """
    server = where if isinstance(where, Server) else where.server
    if server is None:
        raise NotFound
    member = find_member(server, user_id)
    if user_id != actor.pk:
        require(actor, Permission.MANAGE_ROLES, server)
    decisions = why(member.user, where)
    roles = Role.objects.in_bulk({one.holder for one in decisions.values() if one.holder})
    late = any(one.step == Step.TIMED_OUT for one in decisions.values())
    timeouts = Timeout.objects.filter(user=user_id, server=server_of(where)) if late else Timeout.objects.none()
    ends = timeouts.values_list("expires_at", flat=True).first()
    return {
        "user_id": user_id,
        "permissions": sum(flag for flag, one in decisions.items() if one.allowed),
        "flags": {str(flag.name): _told(one, roles, ends) for flag, one in decisions.items()},
    }


def _told(decision: Decision, roles: dict[Any, Role], ends: Any) -> dict[str, Any]:
    role = roles.get(decision.holder)
    return {
        "allowed": decision.allowed,
        "step": decision.step,
        "via": decision.via,
        "role_id": role.pk if role else None,
        "role_name": role.name if role else None,
        "expires_at": ends if decision.step == Step.TIMED_OUT else None,
    }
