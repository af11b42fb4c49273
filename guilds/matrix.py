"""The override matrix of a channel or category: a row for each flag, a column for everyone, a role or a person.

It reads what counts there, and tells what was posted from what is.
"""

import uuid
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from django.utils.translation import gettext as _

from accounts.models import User
from guilds import access
from guilds.models import Channel, Member, Role, Server
from guilds.permissions import CHANNEL_SCOPE, Permission, Rules, Standing
from guilds.places import rules_of
from guilds.standings import standings
from guilds.words import FLAGS

ALLOW, UNSET, DENY = "allow", "unset", "deny"
EVERYONE = "everyone"


@dataclass
class Column:
    """Whom it is about, and what they get and lose. `closed` says why it cannot be changed, if so."""

    key: str
    title: str
    allow: int = 0
    deny: int = 0
    closed: str = ""
    role: Role | None = None
    user: User | None = None

    def state(self, flag: Permission) -> str:
        return ALLOW if self.allow & flag else DENY if self.deny & flag else UNSET


@dataclass
class Cell:
    name: str
    column: Column
    state: str
    closed: str


@dataclass
class Row:
    """A flag. `closed` says why the reader can change it for nobody, if so."""

    flag: Permission
    name: str
    lets: str
    closed: str
    cells: list[Cell] = field(default_factory=list)


@dataclass
class Matrix:
    columns: list[Column]
    held: Permission

    @property
    def rows(self) -> list[Row]:
        lacking = _("You lack this permission yourself.")
        rows = [
            Row(flag, str(words.name), str(words.lets), "" if flag in self.held else lacking)
            for flag, words in FLAGS.items()
            if flag in CHANNEL_SCOPE
        ]
        for row in rows:
            row.cells = [
                Cell(f"{column.key}-{int(row.flag)}", column, column.state(row.flag), row.closed or column.closed)
                for column in self.columns
            ]
        return rows

    def changed(self, posted: Mapping[str, str]) -> list[Column]:
        """The columns that were posted otherwise than they are, as they shall be. What was not posted stays."""
        found = []
        for column in self.columns:
            allow, deny = column.allow, column.deny
            for flag in CHANNEL_SCOPE:
                wanted = posted.get(f"{column.key}-{int(flag)}")
                if wanted in (ALLOW, UNSET, DENY):
                    allow = allow | flag if wanted == ALLOW else allow & ~flag
                    deny = deny | flag if wanted == DENY else deny & ~flag
            if (allow, deny) != (column.allow, column.deny):
                found.append(Column(column.key, column.title, int(allow), int(deny), "", column.role, column.user))
        return found


def matrix_of(reader: User, server: Server, channel: Channel, more: Iterable[Role | Member] = ()) -> Matrix:
    """What counts in a channel, as the reader may change it, with empty columns for `more` roles and members."""
    rules = rules_of(channel)
    who = access.standing(reader, server)
    roles = {role.pk: role for role in server.roles.order_by("-position", "created_at", "id")}
    added = {one.pk if isinstance(one, Role) else one.user_id for one in more}
    columns = [Column(EVERYONE, _("Everyone"), rules.default_allow, rules.default_deny)]
    for id, role in roles.items():
        if id in rules.of_roles or id in added:
            columns.append(_of_role(role, rules, who))
    columns += _of_people(server, rules, who, [id for id in (*rules.of_users, *added) if id not in roles])
    return Matrix(columns, access.flags(reader, channel))


def _of_role(role: Role, rules: Rules, who: Standing | None) -> Column:
    overrule = rules.of_roles.get(role.pk)
    allow, deny = (overrule.allow, overrule.deny) if overrule else (0, 0)
    return Column(f"role-{role.pk}", role.name, allow, deny, _closed(who, role.position), role=role)


def _of_people(server: Server, rules: Rules, who: Standing | None, ids: list[uuid.UUID]) -> list[Column]:
    ranks = standings(users=ids, servers=[server.pk]) if ids else {}
    columns = []
    for user in User.objects.filter(pk__in=ids).order_by("username"):
        overrule = rules.of_users.get(user.pk)
        allow, deny = (overrule.allow, overrule.deny) if overrule else (0, 0)
        rank = ranks.get((server.pk, user.pk))
        closed = _("They own this server.") if rank and rank.is_owner else _closed(who, rank.position if rank else 0)
        if who and who.is_owner:
            closed = ""
        columns.append(Column(f"user-{user.pk}", user.username, allow, deny, closed, user=user))
    return columns


def _closed(who: Standing | None, position: int) -> str:
    if who is None or who.is_owner or position < who.position:
        return ""
    return _("They do not rank below you.")
