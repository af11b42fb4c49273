"""Every endpoint that the protocol names for servers, channels, roles, moderation, invites and administration.

Each line of the list is asked by everyone who may not, then by somebody who may: statuses and shapes are those of the
wire, keys of our own may stand beside them. Where we deviate knowingly, strangers get 404 instead of 403.
"""

import uuid
from dataclasses import dataclass, field
from typing import Any

import pytest

from accounts.models import User
from guilds.models import Ban, Invite, Member, MemberRole, Override, Role
from guilds.permissions import Permission
from together.audit import record
from together.testing.cast import Cast

CHANNEL = "id server_id name type position category topic created_at"
OVERRIDE = "id channel_id role_id user_id allow deny"
ROLE = "id server_id name permissions color position created_at"
MEMBER = "user_id username avatar_url status custom_status activity nickname joined_at timeout_expires_at roles"
TIMEOUT = "user_id server_id expires_at reason created_by created_at"
BAN = "server_id user_id banned_by reason created_at"
AUDIT = "id server_id actor_id action target_type target_id details ip_address created_at"
SERVER = "id name owner_id icon_url is_public require_invite member_count created_at updated_at"
TEMPLATE = "id name description category channels is_builtin created_at"
INVITE = "id server_id code created_by max_uses uses expires_at created_at"
PREVIEW = "code server_name server_icon_url member_count expires_at"
STATS = (
    "total_users total_servers total_messages total_channels active_ws_connections db_latency_ms storage_bytes "
    "uptime_secs"
)
SETTINGS = "id registration_mode updated_at updated_by"
ADMIN_USER = "id username email avatar_url status is_admin disabled disabled_at created_at server_count message_count"
ADMIN_SERVER = "id name owner_id owner_username icon_url is_public member_count channel_count message_count created_at"
NOTHING = ""
ANYBODY = {"nobody": 401}
MEMBERS = {"nobody": 401, "mallory": 404}
MODERATORS = {"nobody": 401, "mallory": 404, "charlie": 403}
ADMINISTRATORS = {"nobody": 401, "mallory": 403, "bob": 403}
# Roles that only alice may have to do with.
OWNER = {"nobody": 401, "mallory": 404, "bob": 403}


@dataclass
class Line:
    """One endpoint: who is refused with what, and what the one who may is answered."""

    method: str
    path: str
    refused: dict[str, int]
    status: int
    shape: str
    body: Any = None
    # Body or query values that are refused, each with its status.
    wrong: list[tuple[Any, int]] = field(default_factory=list)
    many: bool = False
    who: str = "alice"
    inside: str = ""

    def __str__(self) -> str:
        return f"{self.method} {self.path}".replace("/", "|")


S, C = "/servers/{server}", "/channels/{general}"
EMPTY, LONG = {"name": ""}, {"name": "n" * 101}
LINES = [
    # channels-roles-moderation.md, 3: channels
    Line("GET", f"{S}/channels", MEMBERS, 200, CHANNEL, many=True),
    Line(
        "POST",
        f"{S}/channels",
        MODERATORS,
        201,
        CHANNEL,
        {"name": "a", "type": "text"},
        [({"name": "a", "type": "x"}, 422), ({"name": "", "type": "text"}, 400), ({"type": "text"}, 422)],
    ),
    Line("GET", f"{S}/channels/{{general}}", MEMBERS, 200, CHANNEL),
    Line("PATCH", f"{S}/channels/{{general}}", MODERATORS, 200, CHANNEL, {"topic": "t"}, [(EMPTY, 400), (LONG, 400)]),
    Line("DELETE", f"{S}/channels/{{general}}", MODERATORS, 204, NOTHING),
    # 4: overrides
    Line("GET", f"{C}/overrides", MEMBERS, 200, OVERRIDE, many=True),
    Line(
        "PUT",
        f"{C}/overrides",
        MODERATORS,
        200,
        OVERRIDE,
        {"role_id": "{role}", "allow": 0, "deny": 2},
        [
            ({"role_id": "{role}", "allow": 2, "deny": 2}, 400),
            ({"allow": 0, "deny": 2}, 400),
            ({"role_id": "{role}", "user_id": "{charlie}", "allow": 0, "deny": 2}, 400),
            ({"role_id": "{role}", "allow": 65536, "deny": 2}, 400),
            ({"role_id": "{role}", "allow": 8192, "deny": 0}, 400),
            ({"role_id": "{role}", "deny": 2}, 422),
            ({"role_id": "{role}", "allow": 0, "deny": 2, "more": 1}, 422),
            ({"role_id": "{nothing}", "allow": 0, "deny": 2}, 404),
        ],
    ),
    Line("DELETE", f"{C}/overrides/{{override}}", MODERATORS, 204, NOTHING),
    # 5: roles
    Line("GET", f"{S}/roles", MEMBERS, 200, ROLE, many=True),
    Line(
        "POST",
        f"{S}/roles",
        OWNER,
        201,
        ROLE,
        {"name": "r", "permissions": 3, "color": "#00ff00"},
        [
            ({"name": ""}, 400),
            ({"name": "r", "permissions": 99999}, 400),
            ({"name": "r", "color": "green"}, 400),
            ({"name": "r", "position": -1}, 400),
            ({"name": "r", "more": 1}, 422),
            ({}, 422),
        ],
    ),
    Line("PATCH", f"{S}/roles/{{role}}", OWNER, 200, ROLE, {"name": "s"}, [(EMPTY, 400), ({"permissions": -1}, 400)]),
    Line("DELETE", f"{S}/roles/{{role}}", OWNER, 204, NOTHING),
    Line("PUT", f"{S}/members/{{charlie}}/roles/{{role}}", OWNER, 204, NOTHING),
    Line("DELETE", f"{S}/members/{{charlie}}/roles/{{role}}", OWNER, 204, NOTHING),
    # 6: moderation
    Line("POST", f"{S}/members/{{charlie}}/kick", OWNER, 204, NOTHING, {}, [({"reason": "r" * 513}, 400)]),
    Line("POST", f"{S}/members/{{charlie}}/ban", OWNER, 204, NOTHING, {"reason": "r"}, [({"reason": 1}, 422)]),
    Line(
        "POST",
        f"{S}/members/{{charlie}}/timeout",
        OWNER,
        200,
        TIMEOUT,
        {"duration_minutes": 5},
        [
            ({"duration_minutes": 0}, 400),
            ({"duration_minutes": 50000}, 400),
            ({"duration_minutes": "5"}, 422),
            ({"duration_minutes": 5, "more": 1}, 422),
            ({}, 422),
        ],
    ),
    Line("DELETE", f"{S}/members/{{charlie}}/timeout", OWNER, 204, NOTHING),
    Line("GET", f"{S}/bans", OWNER, 200, BAN, many=True),
    Line("DELETE", f"{S}/bans/{{banned}}", OWNER, 204, NOTHING),
    # 8: audit log
    Line(
        "GET",
        f"{S}/audit-logs",
        MODERATORS,
        200,
        AUDIT,
        {"limit": 5},
        [({"limit": "x"}, 400), ({"limit": -1}, 400), ({"actor_id": "x"}, 400), ({"before": "yesterday"}, 400)],
        many=True,
    ),
    # accounts-and-servers.md, 8.5: servers
    Line(
        "POST", "/servers", ANYBODY, 201, SERVER, {"name": "n"}, [(EMPTY, 400), ({"name": "n", "icon_url": "x"}, 400)]
    ),
    Line("GET", "/servers", ANYBODY, 200, SERVER, many=True),
    Line("GET", "/servers/browse", ANYBODY, 200, SERVER, many=True),
    Line("GET", S, MEMBERS, 200, SERVER),
    Line("PATCH", S, MODERATORS, 200, SERVER, {"is_public": False}, [(EMPTY, 400), ({"is_public": 1}, 422)]),
    Line("DELETE", S, OWNER, 204, NOTHING),
    Line("POST", f"{S}/join", {"nobody": 401, "alice": 409}, 201, "message", {}, who="mallory"),
    Line("DELETE", f"{S}/leave", {"nobody": 401, "mallory": 404, "alice": 400}, 204, NOTHING, who="charlie"),
    Line("GET", f"{S}/members", MEMBERS, 200, MEMBER, many=True),
    # 8.6: templates
    Line("GET", "/server-templates", ANYBODY, 200, TEMPLATE, many=True),
    # 8.7: invites
    Line(
        "POST",
        f"{S}/invites",
        OWNER,
        201,
        INVITE,
        {"max_uses": 5, "expires_in_hours": 24},
        [({"max_uses": 0}, 400), ({"expires_in_hours": 721}, 400), ({"more": 1}, 422), ({"max_uses": "5"}, 422)],
    ),
    Line("GET", f"{S}/invites", OWNER, 200, INVITE, many=True),
    Line("DELETE", f"{S}/invites/{{invite}}", OWNER, 204, NOTHING),
    Line("GET", "/invites/{code}", ANYBODY, 200, PREVIEW),
    Line(
        "POST", "/invites/{code}/accept", {"nobody": 401, "charlie": 409}, 201, "message server_id", {}, who="mallory"
    ),
    # messages-gateway-voice.md, 9: read state
    Line("POST", f"{C}/ack", MEMBERS, 204, NOTHING, {}, [({"message_id": 7}, 422), ({"message_id": "{nothing}"}, 404)]),
    # 8.1 and 8.3: the instance
    Line("GET", "/instance/registration-mode", {}, 200, "registration_mode", who="nobody"),
    Line("GET", "/admin/stats", ADMINISTRATORS, 200, STATS),
    Line("GET", "/admin/settings", ADMINISTRATORS, 200, SETTINGS),
    Line(
        "PATCH",
        "/admin/settings",
        ADMINISTRATORS,
        200,
        SETTINGS,
        {"registration_mode": "closed"},
        [({"registration_mode": "x"}, 400), ({"more": 1}, 422)],
    ),
    Line("GET", "/admin/users", ADMINISTRATORS, 200, ADMIN_USER, {"per_page": 2}, many=True, inside="users"),
    Line(
        "PATCH", "/admin/users/{charlie}", ADMINISTRATORS, 200, ADMIN_USER, {"disabled": True}, [({"disabled": 1}, 422)]
    ),
    Line("DELETE", "/admin/users/{charlie}", ADMINISTRATORS, 204, NOTHING),
    Line("GET", "/admin/servers", ADMINISTRATORS, 200, ADMIN_SERVER, many=True, inside="servers"),
    Line("DELETE", "/admin/servers/{server}", ADMINISTRATORS, 204, NOTHING),
]


@pytest.fixture
def ids(cast: Cast) -> dict[str, str]:
    """Something of everything that a path can name."""
    bob = Role.objects.create(
        server=cast.server, name="Manager", position=5, permissions=int(Permission.MANAGE_CHANNELS)
    )
    MemberRole.objects.create(role=bob, member=Member.objects.get(user=cast.bob))
    role = Role.objects.create(server=cast.server, name="Helper", position=1)
    banned = User.objects.create(username="banned")
    cast.server.is_public = True
    cast.server.save()
    record("server_update", actor=cast.alice, server=cast.server, details={"name": cast.server.name})
    return {
        "server": str(cast.server.pk),
        "general": str(cast.general.pk),
        "charlie": str(cast.charlie.pk),
        "role": str(role.pk),
        "banned": str(banned.pk),
        "override": str(Override.objects.create(channel=cast.general, role=role, deny=2).pk),
        "invite": str(Invite.objects.create(server=cast.server, code="abcdEFGH").pk),
        "code": "abcdEFGH",
        "ban": str(Ban.objects.create(server=cast.server, user=banned).pk),
        "nothing": str(uuid.uuid4()),
    }


@pytest.mark.parametrize("line", LINES, ids=str)
def test_each_endpoint_of_the_protocol_answers_as_documented(
    api: Any, cast: Cast, ids: dict[str, str], line: Line
) -> None:
    def ask(name: str, body: Any, path: str = line.path) -> Any:
        client = api(None if name == "nobody" else getattr(cast, name))
        call = getattr(client, line.method.lower())
        filled = {key: value.format(**ids) if isinstance(value, str) else value for key, value in (body or {}).items()}
        address = path.format(**ids)
        return call(address) if line.method == "DELETE" else call(address, filled)

    for name, status in line.refused.items():
        answer = ask(name, line.body)
        assert answer.status_code == status, (name, answer.content)
        assert isinstance(answer.json()["error"], str)
    for body, status in line.wrong:
        answer = ask(line.who, body)
        assert (answer.status_code, set(answer.json()) >= {"error"}) == (status, True), (body, answer.content)
    if "{server}" in line.path:
        assert ask(line.who, line.body, line.path.replace("{server}", "{nothing}")).status_code == 404
        assert ask(line.who, line.body, line.path.replace("{server}", "no-id")).status_code == 400

    answer = ask(line.who, line.body)
    assert answer.status_code == line.status, answer.content
    if line.status == 204:
        assert answer.content == b""
        return
    found = answer.json()
    for thing in (found[line.inside] if line.inside else found) if line.many else [found]:
        assert set(line.shape.split()) <= set(thing)
    assert not line.many or found
