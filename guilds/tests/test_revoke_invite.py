"""DELETE /servers/{id}/invites/{id}: any invite of the server, by those with CREATE_INVITES."""

import uuid

import pytest

from guilds.models import Invite, Member, Role, Server
from guilds.permissions import Permission
from together.audit.entry import AuditEntry
from together.testing.cast import make_cast
from together.testing.threads import at_once


@pytest.fixture
def invite(cast):
    Role.objects.filter(pk=cast.moderator.pk).update(permissions=Permission.CREATE_INVITES)
    return Invite.objects.create(server=cast.server, code="abcdEFGH", created_by=cast.alice, max_uses=5, uses=2)


@pytest.fixture
def path(cast, invite):
    return f"/servers/{cast.server.pk}/invites/{invite.pk}"


def test_a_revoked_code_is_worth_nothing_and_those_who_saw_it_hear_of_it(api, cast, invite, path, told, frames):
    answer = api(cast.bob).delete(path)

    assert (answer.status_code, answer.content) == (204, b"")
    assert api(cast.mallory).get("/invites/abcdEFGH").status_code == 404
    assert api(cast.mallory).post("/invites/abcdEFGH/accept").status_code == 404
    [event] = told()
    assert event.name == "INVITE_DELETE"
    assert sorted(event.audiences) == sorted([f"user:{cast.alice.pk}", f"user:{cast.bob.pk}"])
    assert frames()[0].d == {"server_id": str(cast.server.pk), "invite_id": str(invite.pk)}


def test_it_is_written_down(api, cast, invite, path):
    api(cast.bob).delete(path)
    entry = AuditEntry.objects.get()
    assert (entry.action, entry.actor, entry.server) == ("invite_revoke", cast.bob, cast.server)
    assert (entry.target_type, entry.target_id) == ("invite", invite.pk)
    assert (entry.details, entry.before) == ({}, {"code": "abcdEFGH", "max_uses": 5, "uses": 2})


def test_who_may_not_cannot_and_strangers_find_nothing(api, cast, invite, path, told):
    unknown = f"/servers/{cast.server.pk}/invites/{uuid.uuid4()}"
    for each in (path, unknown):
        assert api(cast.charlie).delete(each).status_code == 403
        assert api(cast.mallory).delete(each).status_code == 404
        assert api().delete(each).status_code == 401
    assert api(cast.bob).delete(unknown).status_code == 404
    assert api(cast.bob).delete(f"/servers/{cast.server.pk}/invites/abcdEFGH").status_code == 400
    assert told() == []
    assert Invite.objects.exists()


def test_an_invite_is_not_revoked_through_another_server(api, cast, invite):
    other = Server.objects.create(name="Other", owner=cast.mallory)
    Member.objects.create(server=other, user=cast.mallory)
    assert api(cast.mallory).delete(f"/servers/{other.pk}/invites/{invite.pk}").status_code == 404
    assert Invite.objects.exists()


@pytest.mark.django_db(transaction=True)
def test_of_two_who_revoke_at_once_one_does_and_it_is_told_once(api, told):
    cast = make_cast()
    invite = Invite.objects.create(server=cast.server, code="abcdEFGH")
    alice = api(cast.alice)
    statuses = at_once(4, lambda _: alice.delete(f"/servers/{cast.server.pk}/invites/{invite.pk}").status_code)
    assert sorted(statuses) == [204, 404, 404, 404]
    assert [event.name for event in told()] == ["INVITE_DELETE"]
    assert AuditEntry.objects.count() == 1
