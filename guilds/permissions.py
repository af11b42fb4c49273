"""What the permission flags are and how they combine: pure arithmetic, no models, no questions to a database.

The order of resolution is in design.md, section 4. `guilds.access` is the door that asks these functions. Flags are
plain integers wherever many are combined: `IntFlag` costs a microsecond an operation, an integer a thirtieth of that.
"""

import uuid
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from enum import IntFlag, StrEnum
from typing import NamedTuple


class Permission(IntFlag):
    """The flags, with the values that the wire fixes. No other bit exists."""

    VIEW_CHANNEL = 1
    SEND_MESSAGES = 2
    MANAGE_MESSAGES = 4
    ATTACH_FILES = 8
    ADD_REACTIONS = 16
    CONNECT_VOICE = 32
    SPEAK = 64
    MUTE_MEMBERS = 128
    KICK_MEMBERS = 256
    BAN_MEMBERS = 512
    MANAGE_CHANNELS = 1024
    MANAGE_ROLES = 2048
    MANAGE_SERVER = 4096
    ADMINISTRATOR = 8192
    CREATE_INVITES = 16384
    MENTION_EVERYONE = 32768


P = Permission
NONE = Permission(0)
EVERYTHING = Permission(sum(Permission))
# What makes sense in one channel: no override lends the rest.
CHANNEL_SCOPE = (
    P.VIEW_CHANNEL
    | P.SEND_MESSAGES
    | P.MANAGE_MESSAGES
    | P.ATTACH_FILES
    | P.ADD_REACTIONS
    | P.CONNECT_VOICE
    | P.SPEAK
    | P.MUTE_MEMBERS
    | P.MANAGE_CHANNELS
    | P.MENTION_EVERYONE
)
# What every member holds in a new server (protocol: 123).
DEFAULT = P.VIEW_CHANNEL | P.SEND_MESSAGES | P.ATTACH_FILES | P.ADD_REACTIONS | P.CONNECT_VOICE | P.SPEAK

_ALL, _SCOPE, _VIEW, _ADMINISTRATOR = int(EVERYTHING), int(CHANNEL_SCOPE), int(P.VIEW_CHANNEL), int(P.ADMINISTRATOR)


class Step(StrEnum):
    """What can decide a flag, in the order in which it is asked; of a category at last what is in it."""

    OWNER = "owner"
    DEFAULT = "default"
    ROLE = "role"
    ADMINISTRATOR = "administrator"
    CHANNEL_DEFAULT = "channel_default"
    ROLE_OVERRIDE = "role_override"
    MEMBER_OVERRIDE = "member_override"
    CATEGORY = "category"
    TIMED_OUT = "timed_out"
    NO_VIEW = "no_view"
    CONTENT = "content"


class Change(NamedTuple):
    """One step of the resolver: what it takes, and then what it gives; `holder` is the role or person it is about."""

    step: Step
    allow: int = 0
    deny: int = 0
    holder: uuid.UUID | None = None


class Decision(NamedTuple):
    """Why a flag holds or not: the last step that spoke of it. `via` is the category's own step where it lent them."""

    allowed: bool
    step: Step
    holder: uuid.UUID | None = None
    via: Step | None = None


@dataclass(frozen=True, slots=True)
class Standing:
    """What one person is in one server: all that the resolver needs to know of them."""

    user_id: uuid.UUID
    server_id: uuid.UUID
    is_owner: bool = False
    default: int = int(DEFAULT)
    roles: Mapping[uuid.UUID, int] = field(default_factory=dict)
    timed_out: bool = False
    # The position of their highest role.
    position: int = 0


class Overrule(NamedTuple):
    """What an override gives and takes."""

    allow: int
    deny: int


@dataclass(frozen=True, slots=True)
class Rules:
    """What one channel, or the category that it inherits from, says about permissions.

    Turned, it is what many channels say about one permission: a bit stands for a channel then, not for a flag.
    """

    default_allow: int = 0
    default_deny: int = 0
    of_roles: Mapping[uuid.UUID, Overrule] = field(default_factory=dict)
    of_users: Mapping[uuid.UUID, Overrule] = field(default_factory=dict)
    inherited: bool = False


def resolve(standing: Standing, rules: Rules | None = None) -> int:
    """The flags that hold for a person in a channel; without rules, those that hold for the server as such.

    Everyone's rule first, then all their roles' together (a role's allow beats a role's deny), then their own.
    Nothing holds where the channel is not seen, and who is timed out only sees. Administrators and owners have
    everything, everywhere.
    """
    flags = 0
    for _step, allow, deny, _holder in _changes(standing, rules):
        flags = flags & ~deny | allow
    return flags


def resolve_turned(standing: Standing, flag: int, turned: Rules, everywhere: int) -> int:
    """The channels of which a flag holds, a bit each, by what each says of it: `resolve` for all of them in one go.

    What hangs on other flags, being timed out or not seeing a channel, is for the caller to take away.
    """
    base = resolve(standing)
    if base & _ADMINISTRATOR:
        return everywhere
    held = everywhere if base & flag else 0
    for _step, allow, deny, _holder in _said(standing, turned):
        held = held & ~deny | allow
    return held


def explain(standing: Standing, rules: Rules | None = None) -> dict[Permission, Decision]:
    """Why each flag holds or does not: the trace of `resolve`, from the same steps."""
    lent = rules is not None and rules.inherited
    decisions: dict[Permission, Decision] = {}
    for step, allow, deny, holder in _changes(standing, rules):
        for flag in Permission:
            # One of several things that grant the same in the server is enough: the first is named.
            again = step is Step.ROLE and decisions[flag].allowed
            if (allow | deny) & flag and not again:
                in_channel = step in {Step.CHANNEL_DEFAULT, Step.ROLE_OVERRIDE, Step.MEMBER_OVERRIDE}
                told, via = (Step.CATEGORY, step) if lent and in_channel else (step, None)
                decisions[flag] = Decision(bool(allow & flag), told, holder, via)
    return decisions


def _changes(standing: Standing, rules: Rules | None) -> Iterator[Change]:
    if standing.is_owner:
        yield Change(Step.OWNER, _ALL)
        return
    yield Change(Step.DEFAULT, standing.default, _ALL)
    flags = standing.default
    for role_id, granted in standing.roles.items():
        yield Change(Step.ROLE, granted, 0, role_id)
        flags |= granted
    if flags & _ADMINISTRATOR:
        yield Change(Step.ADMINISTRATOR, _ALL)
        return
    if rules is not None:
        for step, allow, deny, holder in _said(standing, rules):
            change = Change(step, allow & _SCOPE, deny & _SCOPE, holder)
            yield change
            flags = flags & ~change.deny | change.allow
    if standing.timed_out:
        yield Change(Step.TIMED_OUT, 0, _ALL & ~_VIEW)
    if rules is not None and not flags & _VIEW:
        yield Change(Step.NO_VIEW, 0, _ALL & ~_VIEW)


def _said(standing: Standing, rules: Rules) -> Iterator[Change]:
    """What rules say to one person, of flags or, turned, of channels."""
    yield Change(Step.CHANNEL_DEFAULT, rules.default_allow, rules.default_deny)
    mine = [(role_id, rules.of_roles[role_id]) for role_id in standing.roles if role_id in rules.of_roles]
    for role_id, overrule in mine:
        yield Change(Step.ROLE_OVERRIDE, 0, overrule.deny, role_id)
    for role_id, overrule in mine:
        yield Change(Step.ROLE_OVERRIDE, overrule.allow, 0, role_id)
    if own := rules.of_users.get(standing.user_id):
        yield Change(Step.MEMBER_OVERRIDE, own.allow, own.deny, standing.user_id)
