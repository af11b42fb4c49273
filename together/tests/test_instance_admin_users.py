"""/admin/users: administrators see everybody, and shut, promote and delete accounts."""

import uuid

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from accounts.models import User
from chat.models import Message
from guilds.models import Channel, ChannelType, Member, Server
from together.audit.entry import AuditEntry

KEYS = {
    "id", "username", "email", "avatar_url", "status", "is_admin", "is_bot", "disabled", "disabled_at", "created_at",
    "server_count", "message_count",
}  # fmt: skip


def names(answer):
    assert answer.status_code == 200, answer.content
    return [user["username"] for user in answer.json()["users"]]


def test_everybody_is_listed_the_newest_first_with_their_figures(api, cast):
    for channel in (cast.general, cast.secret, Channel.objects.create(type=ChannelType.DM)):
        Message.objects.create(channel=channel, author=cast.bob, content="a", deleted=channel == cast.secret)
    gone = Server.objects.create(name="Gone", owner=cast.alice, deleted_at=timezone.now())
    Member.objects.create(server=gone, user=cast.bob)

    answer = api(cast.alice).get("/admin/users", {"limit": 10})

    assert names(answer) == ["mallory", "charlie", "bob", "alice"]
    found = answer.json()
    assert (found["total"], found["page"], found["per_page"]) == (4, 1, 50)
    assert set(found["users"][0]) == KEYS
    assert found["users"][2] == {
        **found["users"][2],
        "id": str(cast.bob.pk),
        "email": "bob@example.org",
        "is_admin": False,
        "disabled": False,
        "disabled_at": None,
        "server_count": 1,
        "message_count": 2,
    }
    assert (found["users"][0]["server_count"], found["users"][0]["message_count"]) == (0, 0)
    assert b"argon2" not in answer.content
    assert b"password" not in answer.content


def test_they_are_sorted_by_name_or_by_how_much_they_wrote(api, cast):
    User.objects.create(username="Beatrice")
    for author, count in ((cast.charlie, 2), (cast.alice, 1)):
        for _number in range(count):
            Message.objects.create(channel=cast.general, author=author, content="a")
    alice = api(cast.alice)
    sorted_names = names(alice.get("/admin/users", {"sort_by": "username"}))
    assert sorted_names == ["alice", "Beatrice", "bob", "charlie", "mallory"]
    assert names(alice.get("/admin/users", {"sort_by": "message_count"}))[:2] == ["charlie", "alice"]
    assert names(alice.get("/admin/users", {"sort_by": "shoe_size"}))[0] == "Beatrice"


@pytest.mark.parametrize(
    ("search", "found"),
    [
        ("ALI", ["alice"]),
        ("bob@exa", ["bob"]),
        (" ", 4),
        ("", 4),
        ("%", []),
        ("_", []),
        ("\\", []),
        ("a\U0001f600", []),
    ],
)
def test_they_are_found_by_a_part_of_their_name_or_address(api, cast, search, found):
    answer = api(cast.alice).get("/admin/users", {"search": search})
    assert (names(answer) if isinstance(found, list) else answer.json()["total"]) == found
    assert answer.json()["total"] == len(answer.json()["users"])


@pytest.mark.parametrize(
    ("query", "page", "per_page", "count"),
    [
        ({"per_page": 3}, 1, 3, 3),
        ({"per_page": 3, "page": 2}, 2, 3, 1),
        ({"per_page": 3, "page": 3}, 3, 3, 0),
        ({"per_page": 0, "page": 0}, 1, 1, 1),
        ({"per_page": -5, "page": -(10**30)}, 1, 1, 1),
        ({"per_page": 10**30, "page": 10**30}, 1_000_000, 100, 0),
    ],
)
def test_pages_out_of_range_are_clamped_and_say_so(api, cast, query, page, per_page, count):
    found = api(cast.alice).get("/admin/users", query).json()
    assert (found["page"], found["per_page"], len(found["users"]), found["total"]) == (page, per_page, count, 4)


@pytest.mark.parametrize("query", [{"page": "x"}, {"per_page": "1.5"}, {"search": "a\0"}, {"search": "a" * 321}])
def test_what_cannot_be_read_is_400(api, cast, query):
    for path in ("/admin/users", "/admin/servers"):
        for user in (cast.alice, cast.bob):
            assert api(user).get(path, query).status_code == 400


def test_the_list_takes_the_same_number_of_queries_however_long_it_is(api, cast):
    alice = api(cast.alice)
    for sort_by in ("", "username", "message_count"):
        counts = []
        for more in (1, 49):
            for number in range(more):
                user = User.objects.create(username=f"{sort_by} {more} {number}")
                Member.objects.create(server=cast.server, user=user)
                Message.objects.create(channel=cast.general, author=user, content="m")
            with CaptureQueriesContext(connection) as queries:
                alice.get("/admin/users", {"per_page": 100, "sort_by": sort_by})
            counts.append(len(queries))
        assert counts[0] == counts[1] == 3


def test_an_account_is_shut_and_opened_and_the_answer_says_so(api, cast, told):
    alice, bob = api(cast.alice), api(cast.bob)
    told()
    answer = alice.patch(f"/admin/users/{cast.bob.pk}", {"disabled": True})
    assert answer.status_code == 200
    assert (set(answer.json()), answer.json()["disabled"]) == (KEYS, True)
    assert isinstance(answer.json()["disabled_at"], str)
    assert [event.name for event in told()] == ["@sessions_ended"]
    assert bob.get("/users/@me").status_code == 401
    answer = alice.patch(f"/admin/users/{cast.bob.pk}", {"disabled": False}).json()
    assert (answer["disabled"], answer["disabled_at"]) == (False, None)
    entries = AuditEntry.objects.order_by("created_at")
    assert [entry.action for entry in entries] == ["user_disable", "user_enable"]


def test_an_administrator_is_made_and_unmade(api, cast):
    alice = api(cast.alice)
    assert alice.patch(f"/admin/users/{cast.bob.pk}", {"is_admin": True}).json()["is_admin"] is True
    assert api(cast.bob).patch(f"/admin/users/{cast.charlie.pk}", {"is_admin": True}).status_code == 200
    assert alice.patch(f"/admin/users/{cast.bob.pk}", {"is_admin": False}).json()["is_admin"] is False
    assert api(cast.bob).get("/admin/users").status_code == 403


@pytest.mark.parametrize("body", [{}, {"is_admin": None, "disabled": None}, {"is_admin": False, "disabled": False}])
def test_what_changes_nothing_leaves_no_trace(api, cast, told, body):
    answer = api(cast.alice).patch(f"/admin/users/{cast.bob.pk}", body)
    assert (answer.status_code, answer.json()["username"]) == (200, "bob")
    assert (told(), AuditEntry.objects.count()) == ([], 0)


@pytest.mark.parametrize(
    ("body", "status"),
    [({"is_admin": 1}, 422), ({"disabled": "true"}, 422), ({"username": "x"}, 422), ([], 422)],
)
def test_a_body_of_another_shape_is_422_for_everyone(api, cast, body, status):
    for user in (cast.alice, cast.bob):
        assert api(user).patch(f"/admin/users/{cast.charlie.pk}", body).status_code == status


@pytest.mark.parametrize("body", [{"is_admin": False}, {"disabled": True}])
def test_nobody_shuts_or_demotes_themself(api, cast, body):
    answer = api(cast.alice).patch(f"/admin/users/{cast.alice.pk}", body)
    assert (answer.status_code, set(answer.json())) == (400, {"error"})
    assert User.objects.get(pk=cast.alice.pk).is_staff
    assert api(cast.alice).patch(f"/admin/users/{cast.alice.pk}", {"is_admin": True}).status_code == 200


def test_an_account_is_deleted_and_what_it_wrote_stays(api, cast):
    Message.objects.create(channel=cast.general, author=cast.charlie, content="kept")
    answer = api(cast.alice).delete(f"/admin/users/{cast.charlie.pk}")
    assert (answer.status_code, answer.content) == (204, b"")
    assert not User.objects.filter(pk=cast.charlie.pk).exists()
    assert (Message.objects.get().content, Message.objects.get().author) == ("kept", None)
    assert AuditEntry.objects.get().action == "user_delete"


def test_oneself_those_who_own_a_server_and_those_who_never_were_are_not_deleted(api, cast):
    Server.objects.create(name="Bob's place", owner=cast.bob)
    alice = api(cast.alice)
    for user_id, status in ((cast.alice.pk, 400), (cast.bob.pk, 400), (uuid.uuid4(), 404)):
        assert alice.delete(f"/admin/users/{user_id}").status_code == status
    assert "Bob's place" in alice.delete(f"/admin/users/{cast.bob.pk}").json()["error"]
    assert alice.patch(f"/admin/users/{uuid.uuid4()}", {"disabled": True}).status_code == 404
    assert User.objects.count() == 4
    assert not AuditEntry.objects.exists()
