"""GET /servers/{id}/members: who is in a server."""

import uuid
from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from accounts.models import User
from guilds.models import Member, MemberRole, Role


@pytest.fixture
def path(cast):
    for days, member in enumerate(Member.objects.order_by("user__username")):
        Member.objects.filter(pk=member.pk).update(joined_at=member.joined_at + timedelta(days=days))
    return f"/servers/{cast.server.pk}/members"


def names(answer):
    return [member["username"] for member in answer.json()]


def test_members_see_everyone_in_the_order_in_which_they_came(api, cast, path):
    answer = api(cast.charlie).get(path)
    assert answer.status_code == 200
    assert names(answer) == ["alice", "bob", "charlie"]
    assert answer.json()[2] == {
        "user_id": str(cast.charlie.pk),
        "username": "charlie",
        "avatar_url": None,
        "status": "online",
        "custom_status": None,
        "activity": None,
        "nickname": None,
        "joined_at": answer.json()[2]["joined_at"],
        "timeout_expires_at": None,
        "roles": [],
    }


def test_roles_are_shown_the_highest_first(api, cast, path):
    member = Member.objects.get(user=cast.bob)
    for name, position in (("Low", 0), ("High", 9)):
        role = Role.objects.create(server=cast.server, name=name, position=position, color="#33C4FF")
        MemberRole.objects.create(member=member, role=role)
    roles = api(cast.charlie).get(path).json()[1]["roles"]
    assert [role["name"] for role in roles] == ["High", "Moderator", "Low"]
    assert roles[0] == {"id": roles[0]["id"], "name": "High", "color": "#33C4FF", "position": 9}


def test_nothing_private_of_anyone_is_in_it(api, cast, path):
    assert "example.org" not in api(cast.charlie).get(path).content.decode()


@pytest.mark.parametrize(
    ("search", "found"),
    [
        ("BO", ["bob"]),
        ("l", ["alice", "charlie"]),
        ("squirrel", ["charlie"]),
        ("%", []),
        ("_", []),
        ("", ["alice", "bob", "charlie"]),
    ],
)
def test_a_search_finds_parts_of_names_and_nicknames(api, cast, path, search, found):
    Member.objects.filter(user=cast.charlie).update(nickname="Squirrel")
    assert names(api(cast.alice).get(path, {"search": search})) == found


def test_unknown_parameters_are_ignored(api, cast, path):
    assert len(names(api(cast.alice).get(path, {"user": "x", "limit": "nonsense"}))) == 3


@pytest.mark.parametrize("search", ["a\x00b", "x" * 81])
def test_a_search_that_cannot_be_is_400_in_our_shape(api, cast, path, search):
    answer = api(cast.alice).get(path, {"search": search})
    assert (answer.status_code, set(answer.json())) == (400, {"error", "fields"})
    assert set(answer.json()["fields"]) == {"search"}


def test_strangers_see_nobody(api, cast, path):
    assert api(cast.mallory).get(path).status_code == 404
    assert api(cast.mallory).get(path).json() == api(cast.mallory).get(f"/servers/{uuid.uuid4()}/members").json()
    assert api().get(path).status_code == 401
    assert api(cast.alice).get("/servers/nonsense/members").status_code == 400


@pytest.mark.parametrize("count", [1, 50])
def test_listing_costs_the_same_whatever_the_number(api, cast, count):
    Member.objects.exclude(user=cast.alice).delete()
    for number in range(count - 1):
        member = Member.objects.create(user=User.objects.create(username=f"u{number}"), server=cast.server)
        MemberRole.objects.create(member=member, role=cast.moderator)
    alice = api(cast.alice)
    with CaptureQueriesContext(connection) as queries:
        assert len(alice.get(f"/servers/{cast.server.pk}/members").json()) == count
    assert len(queries) == 4
