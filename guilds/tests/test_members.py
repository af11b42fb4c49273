"""GET /servers/{id}/members: who is in a server."""

import uuid
from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from accounts.models import User
from guilds.models import Member, MemberRole, Role, Server


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
        "status": "offline",
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
    assert len(names(api(cast.alice).get(path, {"user": "x", "page": "nonsense"}))) == 3


def test_a_page_goes_on_after_the_last_member_of_the_one_before(api, cast, path):
    alice = api(cast.alice)
    assert names(alice.get(path, {"limit": 2})) == ["alice", "bob"]
    assert names(alice.get(path, {"limit": 2, "after": str(cast.bob.pk)})) == ["charlie"]
    assert names(alice.get(path, {"after": str(cast.alice.pk), "search": "l"})) == ["charlie"]
    assert names(alice.get(path, {"after": str(cast.charlie.pk)})) == []
    assert names(alice.get(path, {"limit": 0})) == ["alice"]
    assert len(names(alice.get(path, {"limit": 10**6}))) == 3


def test_those_who_came_in_the_same_moment_are_all_paged_through(api, cast, path):
    Member.objects.update(joined_at=Member.objects.get(user=cast.bob).joined_at)
    alice, seen, query = api(cast.alice), [], {"limit": 1}
    while page := alice.get(path, query).json():
        seen.append(page[0]["username"])
        query["after"] = page[0]["user_id"]
    assert sorted(seen) == ["alice", "bob", "charlie"]


def test_a_page_after_somebody_who_is_not_there_is_refused(api, cast, path):
    for after in (str(cast.mallory.pk), str(uuid.uuid4()), "nonsense"):
        assert api(cast.alice).get(path, {"after": after}).status_code == 400
    assert api(cast.mallory).get(path, {"after": str(cast.bob.pk)}).status_code == 404
    assert api(cast.alice).get(path, {"limit": "many"}).status_code == 400


def test_the_list_can_be_narrowed_to_a_role(api, cast, path):
    elsewhere = Role.objects.create(server=Server.objects.create(name="B", owner=cast.alice), name="There")
    assert names(api(cast.charlie).get(path, {"role": str(cast.moderator.pk)})) == ["bob"]
    for nobody in (str(elsewhere.pk), str(uuid.uuid4())):
        assert names(api(cast.charlie).get(path, {"role": nobody})) == []
    assert api(cast.charlie).get(path, {"role": "Moderator"}).status_code == 400


def test_one_member_is_shown_as_in_the_list(api, cast, path):
    listed = {member["user_id"]: member for member in api(cast.charlie).get(path).json()}
    for user in (cast.alice, cast.bob, cast.charlie):
        assert api(cast.charlie).get(f"{path}/{user.pk}").json() == listed[str(user.pk)]
    for nobody in (cast.mallory.pk, uuid.uuid4()):
        assert api(cast.charlie).get(f"{path}/{nobody}").status_code == 404
    assert api(cast.mallory).get(f"{path}/{cast.bob.pk}").status_code == 404
    assert api().get(f"{path}/{cast.bob.pk}").status_code == 401
    assert api(cast.charlie).get(f"{path}/bob").status_code == 400


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
