"""The rules of channels: which count where, and how a channel comes to have its own.

A channel that inherits has none of its own: what its category says counts. It takes a copy of that before anything of
its own is changed, so that nothing that was hidden becomes open.
"""

import uuid
from collections import defaultdict
from collections.abc import Collection
from dataclasses import replace

from django.db import DEFAULT_DB_ALIAS
from django.utils.translation import gettext as _

from guilds.models import Channel, Override
from guilds.permissions import Overrule, Rules
from together.database.trip import trip
from together.refusals import Refusal

Holder = tuple[uuid.UUID | None, uuid.UUID | None]

_OF_OVERRIDE = [field.attname for field in Override._meta.concrete_fields]
# Somebody who comes in asks for a thousand channels: in one array they cost a fraction of what they cost one by one.
_SHOWN = f"""
SELECT {", ".join("channel.id" if name == "channel_id" else f"override.{name}" for name in _OF_OVERRIDE)}
FROM channels AS channel JOIN channel_permission_overrides AS override
    ON override.channel_id = CASE WHEN channel.inherits THEN channel.parent_id ELSE channel.id END
WHERE channel.id = ANY(%(channels)s) ORDER BY override.role_id NULLS LAST, override.user_id
"""  # noqa: S608  (names of our own columns)


def same(one: Rules, other: Rules) -> bool:
    """Whether two sets of rules say the same, wherever they are from."""
    return replace(one, inherited=False) == replace(other, inherited=False)


def with_defaults(rules: Rules, allow: int, deny: int) -> Rules:
    """These rules with what they say of everyone replaced. Raises `Refusal` when they give and take the same flag."""
    if allow & deny:
        raise Refusal(_("A permission cannot be allowed and denied at once."))
    return replace(rules, default_allow=allow, default_deny=deny)


def with_override(rules: Rules, holder: Holder, overrule: Overrule | None) -> Rules:
    """These rules with what they say of one role or person replaced, or taken away."""
    role_id, user_id = holder
    of_roles, of_users = dict(rules.of_roles), dict(rules.of_users)
    kind, key = (of_roles, role_id) if role_id else (of_users, user_id)
    if key:
        kind.pop(key, None)
        kind |= {key: overrule} if overrule else {}
    return replace(rules, of_roles=of_roles, of_users=of_users)


def overrides_shown(channels: Collection[uuid.UUID]) -> dict[uuid.UUID, list[Override]]:
    """The overrides that count in each of these channels, in the order of the wire; lent ones as its own."""
    (rows,) = trip(_SHOWN, values={"channels": list(channels)})
    shown: defaultdict[uuid.UUID, list[Override]] = defaultdict(list)
    for row in rows:
        override = Override.from_db(DEFAULT_DB_ALIAS, _OF_OVERRIDE, row)
        shown[override.channel_id].append(override)
    return dict(shown)


def take_own(channel: Channel) -> None:
    """Give a channel that inherits its own copy of its category's rules. Nothing happens to any other."""
    category = channel.parent
    if not channel.inherits or category is None:
        return
    channel.inherits = False
    channel.default_allow, channel.default_deny = category.default_allow, category.default_deny
    channel.save(update_fields=["inherits", "default_allow", "default_deny"])
    Override.objects.filter(channel=channel).delete()
    lent = Override.objects.filter(channel=category)
    Override.objects.bulk_create(
        Override(channel=channel, role_id=row.role_id, user_id=row.user_id, allow=row.allow, deny=row.deny)
        for row in lent
    )


def drop_own(channel: Channel, category: Channel) -> None:
    """Let a channel inherit from a category that it is put into: its own rules go."""
    channel.parent, channel.inherits = category, True
    channel.default_allow = channel.default_deny = 0
    channel.save(update_fields=["parent", "inherits", "default_allow", "default_deny"])
    Override.objects.filter(channel=channel).delete()
