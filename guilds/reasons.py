"""Why somebody may do something or not, for people to read: the resolver's own trace (`guilds.access.why`) in words."""

import uuid
from dataclasses import dataclass
from datetime import datetime
from typing import cast

from django.utils.translation import gettext as _

from accounts.models import User
from guilds import access
from guilds.models import Channel, ChannelType, Role, Server, Timeout
from guilds.permissions import CHANNEL_SCOPE, Decision, Permission, Step
from guilds.words import FLAGS, GIVEN, TAKEN


@dataclass
class Reason:
    """One flag of one person, and why. `until` is the end of the timeout that takes it."""

    flag: Permission
    allowed: bool
    sentence: str
    until: datetime | None = None

    @property
    def name(self) -> str:
        return str(FLAGS[self.flag].name)

    @property
    def lets(self) -> str:
        return str(FLAGS[self.flag].lets)


def reasons(user: User, where: Server | Channel) -> list[Reason]:
    """Every flag that counts there, in the order of the words. Raises `NotFound` for those outside."""
    decisions = access.why(user, where)
    until = _until(user, where) if any(one.step is Step.TIMED_OUT for one in decisions.values()) else None
    roles = dict(Role.objects.filter(server=_server_id(where)).values_list("pk", "name"))
    counted = list(Permission) if isinstance(where, Server) else list(CHANNEL_SCOPE)
    return [
        Reason(
            flag,
            decisions[flag].allowed,
            _sentence(decisions[flag], where, roles),
            until if decisions[flag].step is Step.TIMED_OUT else None,
        )
        for flag in FLAGS
        if flag in counted
    ]


def reason(user: User, permission: Permission, where: Server | Channel) -> Reason:
    """Why that person may do that here, or not."""
    return next(one for one in reasons(user, where) if one.flag == permission)


def lacking(user: User, permission: Permission, where: Server | Channel) -> str:
    """Why a control is greyed; empty where it is not."""
    if access.can(user, permission, where):
        return ""
    found = reason(user, permission, where)
    return _("This takes the permission “{name}”. {why}").format(name=found.name, why=found.sentence)


def _sentence(decision: Decision, where: Server | Channel, roles: dict[uuid.UUID, str]) -> str:
    step = decision.via or decision.step
    words = (GIVEN if decision.allowed else TAKEN)[step]
    return str(words).format(
        role=roles.get(decision.holder, "?") if decision.holder else "", place=_place(decision, where)
    )


def _place(decision: Decision, where: Server | Channel) -> str:
    if decision.step is Step.CATEGORY and isinstance(where, Channel) and where.parent:
        return _("the category {name}, which this channel follows").format(name=where.parent.name)
    if isinstance(where, Channel) and where.type == ChannelType.CATEGORY:
        return _("this category")
    return _("this channel")


def _until(user: User, where: Server | Channel) -> datetime | None:
    timeouts = Timeout.objects.in_force().filter(user=user, server=_server_id(where))
    return cast("datetime | None", timeouts.values_list("expires_at", flat=True).first())


def _server_id(where: Server | Channel) -> uuid.UUID:
    return cast(uuid.UUID, where.pk if isinstance(where, Server) else where.server_id)
