"""Who is what in which server: of people, what the resolver needs to know, in one statement however many they are."""

import uuid
from collections.abc import Collection

from django.db import connection

from guilds.models import Role
from guilds.permissions import Standing

# (server, user)
Seat = tuple[uuid.UUID, uuid.UUID]

# Asked before everything that anybody does: in Django's own words the question takes longer to put than to answer.
# A row for each role that somebody holds, and one for who holds none.
_STANDINGS = """
SELECT m.server_id, m.user_id, s.owner_id, s.default_permissions,
       EXISTS (SELECT FROM timeouts t WHERE t.server_id = m.server_id AND t.user_id = m.user_id
                                        AND t.expires_at > statement_timestamp()),
       r.id, r.permissions, r.position
FROM server_members m JOIN servers s ON s.id = m.server_id AND s.deleted_at IS NULL
     LEFT JOIN member_roles h ON h.member_id = m.id LEFT JOIN roles r ON r.id = h.role_id
WHERE {wanted}
"""


def standings(
    *, users: Collection[uuid.UUID] | None = None, servers: Collection[uuid.UUID] | None = None
) -> dict[Seat, Standing]:
    """Who is what in which living server: of these people, in these servers; None means all."""
    wanted = {"m.user_id = ANY(%s)": users, "m.server_id = ANY(%s)": servers}
    asked = {words: list(ids) for words, ids in wanted.items() if ids is not None}
    seats: dict[Seat, tuple[uuid.UUID, int, bool]] = {}
    roles: dict[Seat, dict[uuid.UUID, int]] = {}
    highest: dict[Seat, int] = {}
    with connection.cursor() as cursor:
        cursor.execute(_STANDINGS.format(wanted=" AND ".join(asked)), list(asked.values()))
        for server_id, user_id, owner_id, default, late, role_id, granted, position in cursor:
            seat = (server_id, user_id)
            if seat not in seats:
                seats[seat], roles[seat], highest[seat] = (owner_id, default, late), {}, 0
            if role_id:
                roles[seat][role_id] = granted
                highest[seat] = max(highest[seat], position)
    return {
        seat: Standing(seat[1], seat[0], seat[1] == owner_id, default, roles[seat], late, highest[seat])
        for seat, (owner_id, default, late) in seats.items()
    }


def standing_of(role: Role) -> Standing:
    """Somebody who holds that role and no other: whom a preview shows a server to."""
    nobody = uuid.UUID(int=0)
    return Standing(
        nobody,
        role.server_id,
        False,
        role.server.default_permissions,
        {role.pk: role.permissions},
        False,
        role.position,
    )
