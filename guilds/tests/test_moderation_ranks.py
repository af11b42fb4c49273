"""Who may kick, ban, time out and rename whom: with the permission, those who rank below, and never the owner."""

import pytest

from accounts.actions import register
from guilds.models import Ban, Member, MemberRole, Role, Timeout
from guilds.permissions import Permission
from together.audit.entry import AuditEntry
from together.testing.cast import PASSWORD

P = Permission
MODERATION = P.KICK_MEMBERS | P.BAN_MEMBERS | P.MUTE_MEMBERS

# Who holds which roles, besides alice, who owns the server and holds none. `peer` ranks as high as `high`.
ROLES = {
    "admin": ["Admin"],
    "high": ["High"],
    "peer": ["Peer"],
    "low": ["Low", "Floor"],
    "plain": ["Floor"],
    "none": [],
}
RANKS = {
    "Admin": (9, P.ADMINISTRATOR),
    "High": (5, MODERATION),
    "Peer": (5, P(0)),
    "Low": (2, MODERATION),
    "Floor": (1, P(0)),
}

# Whom each may moderate, all of them not timed out and no administrator.
MAY = {
    "alice": {"admin", "high", "peer", "low", "plain", "none"},
    "admin": {"high", "peer", "low", "plain", "none"},
    "high": {"low", "plain", "none"},
    "low": {"plain", "none"},
    "peer": set(),
    "plain": set(),
    "none": set(),
}
EVERYONE = list(MAY)


@pytest.fixture
def people(cast):
    roles = {
        name: Role.objects.create(server=cast.server, name=name, position=position, permissions=permissions)
        for name, (position, permissions) in RANKS.items()
    }
    found = {"alice": cast.alice}
    for name, held in ROLES.items():
        found[name] = register(username=f"the_{name}", password=PASSWORD)
        member = Member.objects.create(user=found[name], server=cast.server)
        for role in held:
            MemberRole.objects.create(member=member, role=roles[role])
    return found


def kick(client, member):
    return client.post(f"{member}/kick")


def ban(client, member):
    return client.post(f"{member}/ban")


def time_out(client, member):
    return client.post(f"{member}/timeout", {"duration_minutes": 5})


def rename(client, member):
    return client.patch(member, {"nickname": "Squirrel"})


@pytest.mark.parametrize("act", [kick, ban, time_out, rename])
@pytest.mark.parametrize("who", EVERYONE)
def test_only_those_with_the_permission_act_and_only_on_those_below(api, cast, people, told, who, act):
    client, refused, done = api(people[who]), {}, set()
    told()
    for whom in EVERYONE:
        if whom == who:
            continue
        answer = act(client, f"/servers/{cast.server.pk}/members/{people[whom].pk}")
        events = told()
        if answer.status_code == 403:
            refused[whom] = answer.json()["error"]
            assert events == []
        else:
            assert answer.status_code in {200, 204}
            assert events
            done.add(whom)
    wanted = MAY[who] - {"admin"} if act is time_out else MAY[who]
    assert done == wanted
    assert set(refused) == set(EVERYONE) - {who} - wanted
    assert AuditEntry.objects.count() == len(done)


@pytest.mark.parametrize(
    ("act", "flag"),
    [(kick, P.KICK_MEMBERS), (ban, P.BAN_MEMBERS), (time_out, P.MUTE_MEMBERS), (rename, P.MUTE_MEMBERS)],
)
def test_each_act_takes_its_own_permission_and_no_other(api, cast, people, act, flag):
    low, member = api(people["low"]), f"/servers/{cast.server.pk}/members/{people['none'].pk}"
    Role.objects.filter(name="Low").update(permissions=int(P(sum(P)) & ~P.ADMINISTRATOR & ~flag))
    answer = act(low, member)
    assert answer.status_code == 403
    assert flag.name in answer.json()["error"]
    Role.objects.filter(name="Low").update(permissions=int(flag))
    assert act(low, member).status_code in {200, 204}


@pytest.mark.parametrize("act", [kick, ban, time_out])
@pytest.mark.parametrize("who", EVERYONE)
def test_nobody_moderates_themselves(api, cast, people, told, who, act):
    told()
    answer = act(api(people[who]), f"/servers/{cast.server.pk}/members/{people[who].pk}")
    assert answer.status_code == 400
    assert "yourself" in answer.json()["error"]
    assert told() == []


@pytest.mark.parametrize("who", EVERYONE)
def test_everybody_names_themselves(api, cast, people, who):
    assert rename(api(people[who]), f"/servers/{cast.server.pk}/members/{people[who].pk}").status_code == 200


def test_the_refusal_says_whether_the_permission_or_the_rank_is_missing(api, cast, people):
    def error(who, whom):
        return kick(api(people[who]), f"/servers/{cast.server.pk}/members/{people[whom].pk}").json()["error"]

    assert "KICK_MEMBERS" in error("plain", "none")
    assert "rank" in error("low", "high")
    assert "owner" in error("admin", "alice")


def test_who_rises_above_is_out_of_reach_at_once(api, cast, people):
    low, member = api(people["low"]), f"/servers/{cast.server.pk}/members/{people['none'].pk}"
    assert time_out(low, member).status_code == 200
    role = Role.objects.get(name="Low")
    MemberRole.objects.create(member=Member.objects.get(user=people["none"]), role=role)
    for act in (time_out, rename, ban, kick):
        assert act(low, member).status_code == 403
    assert low.delete(f"{member}/timeout").status_code == 403
    assert Timeout.objects.exists()
    assert not Ban.objects.exists()


def test_a_timeout_is_ended_only_by_those_who_rank_above(api, cast, people):
    member = f"/servers/{cast.server.pk}/members/{people['low'].pk}"
    time_out(api(people["alice"]), member)
    for who, status in (("peer", 403), ("plain", 403), ("low", 400), ("high", 204)):
        assert api(people[who]).delete(f"{member}/timeout").status_code == status
    assert not Timeout.objects.exists()
