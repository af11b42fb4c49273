"""PATCH /servers/{id}/members/@me and /members/{user_id}: what somebody is called in a server."""

import uuid
from datetime import timedelta

import pytest
from django.utils import timezone

from guilds.models import Member, Role, Server, Timeout
from guilds.permissions import Permission
from together.audit.entry import AuditEntry


@pytest.fixture
def members(cast):
    return f"/servers/{cast.server.pk}/members"


def allow(cast):
    Role.objects.filter(pk=cast.moderator.pk).update(permissions=Permission.MUTE_MEMBERS)


@pytest.mark.parametrize("me", [True, False])
def test_one_s_own_takes_no_permission_and_members_hear_of_it(api, cast, members, told, frames, me):
    path = f"{members}/@me" if me else f"{members}/{cast.charlie.pk}"
    answer = api(cast.charlie).patch(path, {"nickname": "  Squirrel\u200b "})

    assert answer.status_code == 200
    assert (answer.json()["nickname"], answer.json()["username"]) == ("Squirrel", "charlie")
    assert answer.json() == api(cast.bob).get(f"{members}/{cast.charlie.pk}").json()
    assert [(event.name, event.audiences) for event in told()] == [("MEMBER_UPDATE", [f"server:{cast.server.pk}"])]
    assert frames()[0].d == {
        "server_id": str(cast.server.pk),
        "user_id": str(cast.charlie.pk),
        "nickname": "Squirrel",
    }
    assert not AuditEntry.objects.exists()


@pytest.mark.parametrize("empty", [None, "", "   ", "\u200b"])
def test_nothing_takes_it_away(api, cast, members, empty):
    Member.objects.filter(user=cast.charlie).update(nickname="Squirrel")
    answer = api(cast.charlie).patch(f"{members}/@me", {"nickname": empty})
    assert (answer.status_code, answer.json()["nickname"]) == (200, None)
    assert Member.objects.get(user=cast.charlie).nickname is None


def test_what_stays_the_same_is_not_told(api, cast, members, told):
    Member.objects.filter(user=cast.charlie).update(nickname="Squirrel")
    allow(cast)
    for body in ({}, {"nickname": "Squirrel"}, {"joined_at": "2001-01-01T00:00:00Z", "user_id": str(uuid.uuid4())}):
        for answer in (
            api(cast.charlie).patch(f"{members}/@me", body),
            api(cast.bob).patch(f"{members}/{cast.charlie.pk}", body),
        ):
            assert (answer.status_code, answer.json()["nickname"]) == (200, "Squirrel")
    assert told() == []
    assert not AuditEntry.objects.exists()


def test_somebody_else_s_takes_a_permission_and_is_written_down(api, cast, members, told):
    path = f"{members}/{cast.charlie.pk}"
    refused = api(cast.bob).patch(path, {"nickname": "Squirrel"})
    assert refused.status_code == 403
    assert "MUTE_MEMBERS" in refused.json()["error"]
    assert told() == []

    allow(cast)
    assert api(cast.bob).patch(path, {"nickname": "Squirrel"}).json()["nickname"] == "Squirrel"
    assert [event.name for event in told()] == ["MEMBER_UPDATE"]
    entry = AuditEntry.objects.get()
    assert (entry.action, entry.actor, entry.target_id) == ("member_update", cast.bob, cast.charlie.pk)
    assert (entry.before, entry.after) == ({"nickname": None}, {"nickname": "Squirrel"})


def test_who_is_timed_out_keeps_the_name_they_have(api, cast, members, told):
    timeout = Timeout.objects.create(
        server=cast.server, user=cast.charlie, expires_at=timezone.now() + timedelta(hours=1)
    )
    answer = api(cast.charlie).patch(f"{members}/@me", {"nickname": "Squirrel"})
    assert answer.status_code == 403
    assert "timed out" in answer.json()["error"]
    assert told() == []
    Timeout.objects.filter(pk=timeout.pk).update(expires_at=timezone.now() - timedelta(minutes=1))
    assert api(cast.charlie).patch(f"{members}/@me", {"nickname": "Squirrel"}).status_code == 200


def test_it_counts_in_this_server_only(api, cast, members):
    elsewhere = Server.objects.create(name="B", owner=cast.alice)
    Member.objects.create(server=elsewhere, user=cast.charlie)
    api(cast.charlie).patch(f"{members}/@me", {"nickname": "Squirrel"})
    assert Member.objects.get(server=elsewhere, user=cast.charlie).nickname is None


@pytest.mark.parametrize(
    ("nickname", "status"), [("n" * 33, 400), ("a\x00", 400), ("a\nb", 400), (5, 422), ({}, 422), ([], 422)]
)
def test_bad_names_are_refused_before_anything_is_looked_up(api, cast, members, nickname, status):
    for user in (cast.charlie, cast.mallory):
        for path in (f"{members}/@me", f"{members}/{cast.bob.pk}"):
            answer = api(user).patch(path, {"nickname": nickname})
            assert (answer.status_code, set(answer.json()["fields"])) == (status, {"nickname"})
    assert api(cast.charlie).patch(f"{members}/@me", {"nickname": "n" * 32}).status_code == 200


def test_strangers_name_nobody(api, cast, members):
    body = {"nickname": "Squirrel"}
    unknown = api(cast.mallory).patch(f"/servers/{uuid.uuid4()}/members/@me", body)
    for path in (f"{members}/@me", f"{members}/{cast.charlie.pk}"):
        assert api(cast.mallory).patch(path, body).status_code == unknown.status_code == 404
        assert api(cast.mallory).patch(path, body).json() == unknown.json()
        assert api().patch(path, body).status_code == 401
    for nobody in (cast.mallory.pk, uuid.uuid4()):
        assert api(cast.alice).patch(f"{members}/{nobody}", body).status_code == 404
    assert api(cast.alice).patch(f"{members}/nonsense", body).status_code == 400
