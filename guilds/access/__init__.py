"""The door: every question about who may see or do what in a server. Its three faces must agree (design.md, section 4).

Unseen is `NotFound`, the same as for what never existed; seen but not allowed is `Forbidden`. Visibility is asked when
something is looked up, ability inside the action.
"""

from guilds.access.abilities import can, enter, flags, is_member, require, standing, why
from guilds.access.explanations import explanation
from guilds.access.lookups import (
    find_category,
    find_channel,
    find_invite,
    find_member,
    find_place,
    find_role,
    find_server,
    find_usable_invite,
)
from guilds.access.previews import preview
from guilds.access.ranks import require_above, require_grantable, require_may_moderate, require_may_rule
from guilds.access.visibility import (
    deleted_servers,
    heard_by,
    holders,
    places_with,
    public_servers,
    seen_by,
    seen_everywhere,
    viewers,
    visible_channels,
    visible_servers,
)

__all__ = [
    "can",
    "deleted_servers",
    "enter",
    "explanation",
    "find_category",
    "find_channel",
    "find_invite",
    "find_member",
    "find_place",
    "find_role",
    "find_server",
    "find_usable_invite",
    "flags",
    "heard_by",
    "holders",
    "is_member",
    "places_with",
    "preview",
    "public_servers",
    "require",
    "require_above",
    "require_grantable",
    "require_may_moderate",
    "require_may_rule",
    "seen_by",
    "seen_everywhere",
    "standing",
    "viewers",
    "visible_channels",
    "visible_servers",
    "why",
]
