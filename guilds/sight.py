"""Who sees which channels of a server: many people, or many channels, in one go."""

import uuid
from collections import defaultdict
from collections.abc import Callable, Iterable
from dataclasses import replace
from itertools import compress
from typing import Any

from django.db import connection

from guilds.permissions import Overrule, Permission, Rules, Standing, resolve_turned
from guilds.places import Place

_VIEW, _MANAGE = int(Permission.VIEW_CHANNEL), int(Permission.MANAGE_CHANNELS)
# What a role can grant that shows something.
_SIGHT = int(Permission.VIEW_CHANNEL | Permission.MANAGE_CHANNELS | Permission.ADMINISTRATOR)
_NOTHING = Overrule(0, 0)
_NOBODY = uuid.UUID(int=0)

# The members by those of their roles that have a say: most are alike.
_KINDS = """
SELECT owner_id, default_permissions, roles, granted, array_agg(user_id)
FROM (SELECT s.owner_id, s.default_permissions, m.user_id,
             array_agg(r.id ORDER BY r.id) FILTER (WHERE r.id IS NOT NULL) AS roles,
             array_agg(r.permissions ORDER BY r.id) FILTER (WHERE r.id IS NOT NULL) AS granted
      FROM server_members m JOIN servers s ON s.id = m.server_id
           LEFT JOIN (member_roles h JOIN roles r ON r.id = h.role_id
                      AND (r.id = ANY(%(telling)s) OR r.permissions & %(sight)s > 0)) ON h.member_id = m.id
      WHERE m.server_id = %(server)s GROUP BY s.id, m.user_id) AS one
GROUP BY owner_id, default_permissions, roles, granted
"""


class Ground:
    """Some channels of one server, and who sees which of them: all are resolved in one go, a bit for each.

    A category is seen with any of its channels, and, to be filled, by those who manage channels. A timeout hides
    nothing: it ends by the clock, which tells nobody.
    """

    def __init__(self, where: Iterable[Place], named: Callable[[uuid.UUID], Any] | None = None) -> None:
        """With `named`, what is seen is told by these names instead of ids."""
        where = list(where)
        self._names = [named(place.id) if named else place.id for place in where]
        self._bits: dict[uuid.UUID, int] = {}
        self._categories = 0
        self._inside: defaultdict[uuid.UUID, int] = defaultdict(int)
        # Where the same rules count.
        alike: dict[int, Rules] = {}
        areas: defaultdict[int, int] = defaultdict(int)
        for number, place in enumerate(where):
            bit = self._bits[place.id] = 1 << number
            if place.is_category:
                self._categories |= bit
            elif place.parent_id:
                self._inside[place.parent_id] |= bit
            alike[id(place.rules)] = place.rules
            areas[id(place.rules)] |= bit
        said = [(rules, areas[key]) for key, rules in alike.items()]
        self._view, self._manage = _turned(said, _VIEW), _turned(said, _MANAGE)
        self._everywhere = (1 << len(self._bits)) - 1
        self._known: dict[int, frozenset[Any]] = {}

    def seen(self, standing: Standing) -> frozenset[Any]:
        """The channels of it that a person sees; the same set for those who see the same."""
        sight = self._sight(standing)
        if sight not in self._known:
            # Its bits as digits, the first channel's first.
            self._known[sight] = frozenset(compress(self._names, map(int, reversed(f"{sight:b}"))))
        return self._known[sight]

    def sees(self, standing: Standing, channel_id: uuid.UUID) -> bool:
        """Whether a person sees one channel of it."""
        return bool(self._sight(standing) & self._bits.get(channel_id, 0))

    def _sight(self, standing: Standing) -> int:
        if standing.timed_out:
            standing = replace(standing, timed_out=False)
        view = resolve_turned(standing, _VIEW, self._view, self._everywhere)
        manage = resolve_turned(standing, _MANAGE, self._manage, self._everywhere)
        sight = view & (manage | ~self._categories)
        for category_id, channels in self._inside.items():
            if sight & channels:
                sight |= self._bits.get(category_id, 0)
        return sight


def seers(server_id: uuid.UUID, channel_id: uuid.UUID, around: Iterable[Place]) -> list[uuid.UUID]:
    """The members who see a channel; `around` is that channel and, of a category, what is in it.

    Each kind of member is resolved once; the owner and those with a say of their own each for themselves.
    """
    around = list(around)
    ground = Ground(around)
    telling = {role_id for place in around for role_id in place.rules.of_roles}
    alone = {user_id for place in around for user_id in place.rules.of_users}
    found: list[uuid.UUID] = []
    with connection.cursor() as cursor:
        cursor.execute(_KINDS, {"server": server_id, "telling": list(telling), "sight": _SIGHT})
        for owner_id, default, role_ids, granted, users in cursor:
            roles = dict(zip(role_ids or (), granted or (), strict=True))
            apart = {owner_id, *alone}.intersection(users)
            for user_id in apart:
                if ground.sees(Standing(user_id, server_id, user_id == owner_id, default, roles), channel_id):
                    found.append(user_id)
            if ground.sees(Standing(_NOBODY, server_id, False, default, roles), channel_id):
                found += [user_id for user_id in users if user_id not in apart]
    return found


def _turned(said: Iterable[tuple[Rules, int]], flag: int) -> Rules:
    """What is said of one flag, and where, by rules with the channels in which they count."""
    everyone = _NOTHING
    of_roles: dict[uuid.UUID, Overrule] = {}
    of_users: dict[uuid.UUID, Overrule] = {}
    for rules, area in said:
        everyone = _added(everyone, Overrule(rules.default_allow, rules.default_deny), flag, area)
        for turned, overrules in ((of_roles, rules.of_roles), (of_users, rules.of_users)):
            for holder, overrule in overrules.items():
                turned[holder] = _added(turned.get(holder, _NOTHING), overrule, flag, area)
    return Rules(everyone.allow, everyone.deny, of_roles, of_users)


def _added(turned: Overrule, said: Overrule, flag: int, area: int) -> Overrule:
    return Overrule(
        turned.allow | area if said.allow & flag else turned.allow,
        turned.deny | area if said.deny & flag else turned.deny,
    )
