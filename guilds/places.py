"""What channels say about permissions, in two statements however many they are."""

import uuid
from collections import defaultdict
from collections.abc import Collection, Iterable
from typing import Any, NamedTuple

from django.db import connection

from guilds.models import Channel, ChannelType
from guilds.permissions import Overrule, Rules, Standing
from together.refusals import NotFound

# Asked before everything that anybody does: in Django's own words the questions take longer to put than to answer.
_CHANNELS = """
SELECT c.id, c.server_id, c.parent_id, c.type, c.inherits, c.default_allow, c.default_deny,
       p.default_allow, p.default_deny
FROM channels c JOIN servers s ON s.id = c.server_id AND s.deleted_at IS NULL LEFT JOIN channels p ON p.id = c.parent_id
WHERE {where}
"""
# Those of a channel or, if it inherits, of its category.
_OVERRIDES = """
SELECT channel_id, role_id, user_id, allow, deny FROM channel_permission_overrides
WHERE channel_id IN (SELECT CASE WHEN c.inherits THEN c.parent_id ELSE c.id END FROM channels c WHERE {where})
"""
_OF_HOLDERS = " AND (role_id = ANY(%(roles)s) OR user_id = ANY(%(users)s))"

Overrules = dict[uuid.UUID, dict[uuid.UUID, Overrule]]


class Place(NamedTuple):
    """A channel as far as permissions go; the rules are those that count there, its own or its category's."""

    id: uuid.UUID
    server_id: uuid.UUID
    parent_id: uuid.UUID | None
    is_category: bool
    rules: Rules


def places_in(servers: Collection[uuid.UUID], holders: Iterable[Standing] | None = None) -> list[Place]:
    """All channels of these servers. With `holders` the rules hold for these people only: no other override is read."""
    return _read("c.server_id = ANY(%(servers)s)", holders, servers=list(servers))


def places_around(channel_id: uuid.UUID, holders: Iterable[Standing] | None = None) -> list[Place]:
    """A channel and, of a category, what is in it: whether that is seen depends on what it holds."""
    return _read("(c.id = %(channel)s OR c.parent_id = %(channel)s)", holders, channel=channel_id)


def rules_of(channel: Channel) -> Rules:
    """The rules that count in a channel or category as of now. Raises `NotFound` when it is gone."""
    for place in _read("c.id = %(channel)s", channel=channel.pk):
        return place.rules
    raise NotFound


def _read(where: str, holders: Iterable[Standing] | None = None, **wanted: Any) -> list[Place]:
    of_roles, of_users = _overrules(where, holders, wanted)
    # Those that inherit from one category share one set of rules.
    lent: dict[uuid.UUID, Rules] = {}
    found = []
    with connection.cursor() as cursor:
        cursor.execute(_CHANNELS.format(where=where), wanted)
        for id, server_id, parent_id, type, inherits, allow, deny, lent_allow, lent_deny in cursor:
            if not inherits:
                rules = Rules(allow, deny, of_roles[id], of_users[id])
            elif parent_id in lent:
                rules = lent[parent_id]
            else:
                rules = lent[parent_id] = Rules(lent_allow, lent_deny, of_roles[parent_id], of_users[parent_id], True)
            found.append(Place(id, server_id, parent_id, type == ChannelType.CATEGORY, rules))
    return found


def _overrules(where: str, holders: Iterable[Standing] | None, wanted: dict[str, Any]) -> tuple[Overrules, Overrules]:
    """The overrides that count there, by where they are written and holder: of roles, and of people."""
    question = _OVERRIDES
    if holders is not None:
        people = list(holders)
        wanted = {**wanted, "roles": list({id for one in people for id in one.roles})}
        wanted["users"] = [one.user_id for one in people]
        question += _OF_HOLDERS
    of_roles: defaultdict[uuid.UUID, dict[uuid.UUID, Overrule]] = defaultdict(dict)
    of_users: defaultdict[uuid.UUID, dict[uuid.UUID, Overrule]] = defaultdict(dict)
    with connection.cursor() as cursor:
        cursor.execute(question.format(where=where), wanted)
        for channel_id, role_id, user_id, allow, deny in cursor:
            kind = of_roles if role_id else of_users
            kind[channel_id][role_id or user_id] = Overrule(allow, deny)
    return of_roles, of_users
