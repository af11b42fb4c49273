"""POST /servers/{id}/join: into a public server."""

import uuid

import pytest

from guilds.actions import members
from guilds.models import Member, Server
from together.testing.cast import make_cast
from together.testing.threads import at_once


@pytest.fixture
def public(cast):
    Server.objects.filter(pk=cast.server.pk).update(is_public=True)
    return f"/servers/{cast.server.pk}/join"


def test_anyone_joins_a_public_server_and_it_is_known(api, cast, public, told):
    answer = api(cast.mallory).post(public)

    assert answer.status_code == 201
    assert isinstance(answer.json()["message"], str)
    assert api(cast.mallory).get(f"/servers/{cast.server.pk}").json()["member_count"] == 4
    assert [(event.name, event.audiences) for event in told()] == [
        ("@access_changed", [f"user:{cast.mallory.pk}"]),
        ("MEMBER_JOIN", [f"server:{cast.server.pk}"]),
    ]


def test_no_body_is_needed_and_none_is_looked_at(api, cast, public):
    client = api(cast.mallory)
    assert client.client.post(f"/api{public}", headers=client.headers).status_code == 201
    assert api(cast.bob).post(public, "{not json").status_code == 409


def test_a_private_server_is_as_if_it_did_not_exist(api, cast, told):
    hidden = api(cast.mallory).post(f"/servers/{cast.server.pk}/join")
    unknown = api(cast.mallory).post(f"/servers/{uuid.uuid4()}/join")
    assert hidden.status_code == unknown.status_code == 404
    assert hidden.json() == unknown.json()
    assert told() == []


def test_a_public_server_may_want_an_invite(api, cast, public):
    Server.objects.update(require_invite=True)
    answer = api(cast.mallory).post(public)
    assert answer.status_code == 403
    assert "invite" in answer.json()["error"]


def test_nobody_joins_more_servers_than_one_can_be_in(api, cast, public, monkeypatch):
    monkeypatch.setattr(members, "MAX_MEMBERSHIPS", 1)
    first = Server.objects.create(name="First", owner=cast.alice)
    membership = Member.objects.create(server=first, user=cast.mallory)
    assert api(cast.mallory).post(public).status_code == 400
    membership.delete()
    assert api(cast.mallory).post(public).status_code == 201


def test_a_member_cannot_join_again(api, cast, public, told):
    assert api(cast.charlie).post(public).status_code == 409
    assert told() == []


def test_nobody_joins_without_being_signed_in(api, cast, public):
    assert api().post(public).status_code == 401


@pytest.mark.django_db(transaction=True)
def test_of_simultaneous_joins_one_succeeds_and_there_is_one_membership(api, told):
    cast = make_cast()
    Server.objects.update(is_public=True)
    mallory = api(cast.mallory)

    statuses = at_once(8, lambda _: mallory.post(f"/servers/{cast.server.pk}/join").status_code)

    assert sorted(statuses) == [201] + [409] * 7
    assert Member.objects.filter(user=cast.mallory).count() == 1
    assert [event.name for event in told()] == ["@access_changed", "MEMBER_JOIN"]


@pytest.mark.django_db(transaction=True)
def test_a_join_and_the_deletion_of_the_server_at_once_leave_nothing_seen(api):
    cast = make_cast()
    Server.objects.update(is_public=True)
    alice, mallory = api(cast.alice), api(cast.mallory)

    def act(number):
        if number:
            return mallory.post(f"/servers/{cast.server.pk}/join").status_code
        return alice.delete(f"/servers/{cast.server.pk}").status_code

    deleted, *joins = at_once(4, act)
    assert deleted == 204
    assert set(joins) <= {201, 404, 409}
    assert api(cast.mallory).get("/servers").json() == []
