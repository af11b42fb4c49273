"""What the permission flags are and how they combine: pure arithmetic, no models, no questions to a database.

The order of resolution is in design.md, section 4. `guilds.access` is the door that asks these functions.
"""

import uuid
from collections.abc import Iterable
from dataclasses import dataclass, field
from enum import IntFlag


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


@dataclass(frozen=True, slots=True)
class Standing:
    """What one person is in one server: all that the resolver needs to know of them."""

    user_id: uuid.UUID
    server_id: uuid.UUID
    is_owner: bool = False
    default: Permission = DEFAULT
    roles: dict[uuid.UUID, Permission] = field(default_factory=dict)

    @property
    def base(self) -> Permission:
        """The server-level flags: the default of the server with those of all roles."""
        if self.is_owner:
            return EVERYTHING
        flags = self.default
        for role in self.roles.values():
            flags |= role
        return EVERYTHING if P.ADMINISTRATOR in flags else flags


@dataclass(frozen=True, slots=True)
class Overrule:
    """One override, of a role or of a person: `holder` is whose."""

    holder: uuid.UUID
    allow: Permission
    deny: Permission


@dataclass(frozen=True, slots=True)
class Rules:
    """What one channel, or the category that it inherits from, says about permissions."""

    default_allow: Permission = NONE
    default_deny: Permission = NONE
    of_roles: tuple[Overrule, ...] = ()
    of_users: tuple[Overrule, ...] = ()


def resolve(standing: Standing, rules: Rules) -> Permission:
    """The flags that hold for a person in a channel.

    Everyone's rule first, then all their roles' together (a role's allow beats a role's deny), then their own.
    Nothing holds where the channel is not seen. Administrators and owners have everything, everywhere.
    """
    flags = standing.base
    if flags == EVERYTHING:
        return EVERYTHING
    flags = _change(flags, rules.default_allow, rules.default_deny)
    flags = _apply(flags, (overrule for overrule in rules.of_roles if overrule.holder in standing.roles))
    flags = _apply(flags, (overrule for overrule in rules.of_users if overrule.holder == standing.user_id))
    return flags if P.VIEW_CHANNEL in flags else NONE


def _apply(flags: Permission, overrules: Iterable[Overrule]) -> Permission:
    allow = deny = NONE
    for overrule in overrules:
        allow |= overrule.allow
        deny |= overrule.deny
    return _change(flags, allow, deny)


def _change(flags: Permission, allow: Permission, deny: Permission) -> Permission:
    return flags & ~(deny & CHANNEL_SCOPE) | (allow & CHANNEL_SCOPE)
