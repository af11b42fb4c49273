"""POST /servers/{id}/transfer: the owner gives the server to another member."""

import uuid
from datetime import timedelta

import pytest
from django.utils import timezone

from accounts.models import User
from guilds.actions import servers, transfer_server
from guilds.models import Member, Server, Timeout
from together.audit.entry import AuditEntry
from together.testing.cast import make_cast
from together.testing.threads import at_once


@pytest.fixture
def path(cast):
    return f"/servers/{cast.server.pk}/transfer"


def to(user):
    return {"user_id": str(user.pk)}


def test_the_owner_gives_it_away_and_everyone_hears_of_it(api, cast, path, told, frames):
    answer = api(cast.alice).post(path, to(cast.charlie))

    assert answer.status_code == 200
    assert (answer.json()["owner_id"], answer.json()["member_count"]) == (str(cast.charlie.pk), 3)
    assert [(event.name, event.audiences) for event in told()] == [
        ("SERVER_UPDATE", [f"server:{cast.server.pk}"]),
        ("@access_changed", [f"user:{cast.alice.pk}", f"user:{cast.charlie.pk}"]),
    ]
    assert frames()[0].d == answer.json()


def test_from_then_on_the_new_owner_may_everything_and_the_old_one_what_members_may(api, cast, path):
    api(cast.alice).post(path, to(cast.charlie))
    assert api(cast.charlie).get(f"/channels/{cast.secret.pk}/messages").status_code == 200
    assert api(cast.alice).get(f"/channels/{cast.general.pk}/messages").status_code == 200
    assert api(cast.alice).get(f"/channels/{cast.secret.pk}/messages").status_code == 404
    assert api(cast.alice).post(path, to(cast.bob)).status_code == 403
    assert api(cast.charlie).delete(f"/servers/{cast.server.pk}/leave").status_code == 400
    assert api(cast.charlie).post(f"/servers/{cast.server.pk}/members/{cast.alice.pk}/kick").status_code == 204


def test_it_is_written_down(api, cast, path):
    api(cast.alice).post(path, to(cast.charlie))
    entry = AuditEntry.objects.get()
    assert (entry.action, entry.actor, entry.target_id) == ("server_transfer", cast.alice, cast.server.pk)
    assert entry.before == {"owner_id": str(cast.alice.pk)}
    assert entry.after == {"owner_id": str(cast.charlie.pk)}


def test_a_timeout_of_the_new_owner_ends(api, cast, path, told):
    Timeout.objects.create(server=cast.server, user=cast.charlie, expires_at=timezone.now() + timedelta(hours=1))
    api(cast.alice).post(path, to(cast.charlie))
    assert not Timeout.objects.exists()
    assert "MEMBER_TIMEOUT_REMOVE" in {event.name for event in told()}


def test_only_the_owner_may(api, cast, path, told):
    for user in (cast.bob, cast.charlie):
        answer = api(user).post(path, to(user))
        assert answer.status_code == 403
        assert "owner" in answer.json()["error"]
    unknown = api(cast.mallory).post(f"/servers/{uuid.uuid4()}/transfer", to(cast.mallory))
    assert api(cast.mallory).post(path, to(cast.charlie)).status_code == unknown.status_code == 404
    assert api(cast.mallory).post(path, to(cast.charlie)).json() == unknown.json()
    assert api().post(path, to(cast.charlie)).status_code == 401
    assert told() == []
    assert Server.objects.get(pk=cast.server.pk).owner == cast.alice


def test_only_a_person_who_is_a_member_and_somebody_else_can_have_it(api, cast, path, told):
    assert api(cast.alice).post(path, to(cast.alice)).status_code == 400
    for nobody in (str(cast.mallory.pk), str(uuid.uuid4())):
        assert api(cast.alice).post(path, {"user_id": nobody}).status_code == 404
    for change in ({"is_bot": True}, {"disabled_at": timezone.now()}):
        User.objects.filter(pk=cast.charlie.pk).update(**change)
        assert api(cast.alice).post(path, to(cast.charlie)).status_code == 400
        User.objects.filter(pk=cast.charlie.pk).update(is_bot=False, disabled_at=None)
    assert told() == []
    assert api(cast.alice).post(path, to(cast.charlie)).status_code == 200


def test_nobody_is_given_more_than_one_can_own(api, cast, path, monkeypatch):
    monkeypatch.setattr(servers, "MAX_OWNED", 1)
    own = Server.objects.create(name="Mine", owner=cast.charlie)
    assert api(cast.alice).post(path, to(cast.charlie)).status_code == 400
    own.delete()
    assert api(cast.alice).post(path, to(cast.charlie)).status_code == 200


@pytest.mark.parametrize(("body", "status"), [({}, 422), ("{", 400), ({"user_id": 5}, 422), ({"user_id": "bob"}, 422)])
def test_bad_bodies_are_refused_before_anything_is_looked_up(api, cast, path, body, status):
    for user in (cast.alice, cast.charlie, cast.mallory):
        assert api(user).post(path, body).status_code == status


@pytest.mark.django_db(transaction=True)
def test_a_transfer_while_the_new_owner_leaves_or_is_kicked_never_leaves_a_server_without_its_owner(api):
    cast = make_cast()
    alice, charlie = api(cast.alice), api(cast.charlie)
    here = f"/servers/{cast.server.pk}"
    acts = [
        lambda: alice.post(f"{here}/transfer", to(cast.charlie)),
        lambda: charlie.delete(f"{here}/leave"),
        lambda: alice.post(f"{here}/members/{cast.charlie.pk}/kick"),
        lambda: alice.post(f"{here}/transfer", to(cast.bob)),
    ]
    statuses = at_once(4, lambda number: acts[number]().status_code)
    assert set(statuses) <= {200, 204, 400, 403, 404}
    owner = Server.objects.get(pk=cast.server.pk).owner
    assert Member.objects.filter(server=cast.server, user=owner).exists()


def test_the_log_says_that_a_timeout_ended_with_it(cast):
    Timeout.objects.create(server=cast.server, user=cast.charlie, expires_at=timezone.now() + timedelta(hours=1))
    transfer_server(actor=cast.alice, server=cast.server, user=cast.charlie)
    entries = AuditEntry.objects.order_by("created_at").values_list("action", "target_id")
    assert list(entries) == [("member_timeout_remove", cast.charlie.pk), ("server_transfer", cast.server.pk)]
