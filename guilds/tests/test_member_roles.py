"""PUT and DELETE /servers/{id}/members/{user_id}/roles/{role_id}. Who outranks whom is in test_rank_matrix.py."""

import uuid

import pytest
from django.test import Client

from guilds import access
from guilds.models import Member, MemberRole, Override, Role
from guilds.permissions import Permission
from together.audit.entry import AuditEntry
from together.events.log import EventRecord
from together.testing.cast import bearer, make_cast
from together.testing.threads import at_once

P = Permission


@pytest.fixture
def vip(cast):
    """A role that shows #secret, below the moderator's, who may give it."""
    Role.objects.filter(pk=cast.moderator.pk).update(permissions=P.MANAGE_ROLES, position=5)
    role = Role.objects.create(server=cast.server, name="VIP", color="#ffcc00", position=1)
    Override.objects.create(channel=cast.secret, role=role, allow=P.VIEW_CHANNEL)
    return role


def held(cast, user, role):
    return f"/servers/{cast.server.pk}/members/{user.pk}/roles/{role.pk}"


@pytest.mark.parametrize("who", ["alice", "bob"])
def test_a_role_is_given_and_what_it_shows_is_seen(api, cast, vip, told, who):
    answer = api(getattr(cast, who)).put(held(cast, cast.charlie, vip))
    assert (answer.status_code, answer.content) == (204, b"")
    assert access.can(cast.charlie, P.VIEW_CHANNEL, cast.secret)
    changed, added = told()
    assert (changed.name, changed.audiences) == ("@access_changed", [f"user:{cast.charlie.pk}"])
    assert (added.name, added.audiences) == ("MEMBER_ROLE_ADD", [f"server:{cast.server.pk}"])
    assert added.refs == {
        "server_id": str(cast.server.pk),
        "user_id": str(cast.charlie.pk),
        "role_id": str(vip.pk),
        "role_name": "VIP",
        "role_color": "#ffcc00",
    }
    entry = AuditEntry.objects.get(action="member_role_add")
    assert (entry.target_type, entry.target_id) == ("user", cast.charlie.pk)
    assert entry.details == {"role_id": str(vip.pk), "role_name": "VIP"}


@pytest.mark.parametrize("who", ["alice", "bob"])
def test_a_role_is_taken_and_what_it_showed_is_hidden(api, cast, vip, told, who):
    api(cast.alice).put(held(cast, cast.charlie, vip))
    told()
    assert api(getattr(cast, who)).delete(held(cast, cast.charlie, vip)).status_code == 204
    assert not access.can(cast.charlie, P.VIEW_CHANNEL, cast.secret)
    assert [(event.name, event.audiences) for event in told()] == [
        ("MEMBER_ROLE_REMOVE", [f"server:{cast.server.pk}"]),
        ("@access_changed", [f"user:{cast.charlie.pk}"]),
    ]
    assert AuditEntry.objects.get(action="member_role_remove").target_id == cast.charlie.pk


def test_a_second_time_changes_nothing_and_tells_nobody(api, cast, vip, told):
    bob, at = api(cast.bob), held(cast, cast.charlie, vip)
    assert [bob.put(at).status_code for _ in range(2)] == [204, 204]
    assert [bob.delete(at).status_code for _ in range(2)] == [204, 204]
    assert [event.name for event in told() if event.name.startswith("MEMBER")] == [
        "MEMBER_ROLE_ADD",
        "MEMBER_ROLE_REMOVE",
    ]
    assert AuditEntry.objects.count() == 2


def test_what_a_role_allows_must_be_held_to_give_it_but_not_to_take_it(api, cast, vip):
    Role.objects.filter(pk=vip.pk).update(permissions=P.ADMINISTRATOR)
    at = held(cast, cast.charlie, vip)
    refused = api(cast.bob).put(at)
    assert (refused.status_code, "ADMINISTRATOR" in refused.json()["error"]) == (403, True)
    assert api(cast.bob).put(held(cast, cast.bob, vip)).status_code == 403
    assert api(cast.alice).put(at).status_code == 204
    assert api(cast.bob).delete(at).status_code == 204


def test_oneself_one_gives_and_takes_what_is_below_oneself(api, cast, vip):
    peer = Role.objects.create(server=cast.server, name="Peer", position=5)
    bob = api(cast.bob)
    assert bob.put(held(cast, cast.bob, vip)).status_code == 204
    assert bob.put(held(cast, cast.bob, peer)).status_code == 403
    assert bob.delete(held(cast, cast.bob, vip)).status_code == 204
    assert bob.delete(held(cast, cast.bob, cast.moderator)).status_code == 403


def test_the_owners_roles_are_the_owners_affair(api, cast, vip):
    at = held(cast, cast.alice, vip)
    assert api(cast.bob).put(at).status_code == 403
    assert api(cast.alice).put(at).status_code == 204
    assert api(cast.bob).delete(at).status_code == 403
    assert api(cast.alice).delete(at).status_code == 204


def test_it_takes_the_permission_and_strangers_are_told_nothing(api, cast, vip, told):
    at = held(cast, cast.charlie, vip)
    for act in ("put", "delete"):
        refused = getattr(api(cast.charlie), act)(at)
        assert (refused.status_code, "MANAGE_ROLES" in refused.json()["error"]) == (403, True)
        assert getattr(api(cast.mallory), act)(at).status_code == 404
        assert getattr(api(), act)(at).status_code == 401
        for user, role in ((cast.mallory, vip), (vip, vip), (cast.charlie, cast.charlie)):
            assert getattr(api(cast.alice), act)(held(cast, user, role)).status_code == 404
        assert getattr(api(cast.alice), act)(f"/servers/{cast.server.pk}/members/me/roles/{vip.pk}").status_code == 400
    assert told() == []


def test_a_role_of_another_server_is_not_found(api, cast, vip):
    elsewhere = api(cast.alice).post("/servers", {"name": "B"}).json()["id"]
    other = api(cast.alice).post(f"/servers/{elsewhere}/roles", {"name": "x"}).json()["id"]
    for role in (other, uuid.uuid4()):
        at = f"/servers/{cast.server.pk}/members/{cast.charlie.pk}/roles/{role}"
        assert api(cast.alice).put(at).status_code == 404
    assert api(cast.alice).put(held(cast, cast.charlie, vip)).status_code == 204


@pytest.mark.django_db(transaction=True)
def test_fifty_who_give_and_take_while_one_deletes_end_cleanly():
    cast = make_cast()
    role = Role.objects.create(server=cast.server, name="VIP", position=0)
    member = Member.objects.get(server=cast.server, user=cast.charlie)
    headers = bearer(cast.alice)
    at = f"/api/servers/{cast.server.pk}"

    def act(number: int) -> int:
        client = Client(raise_request_exception=False)
        if number == 25:
            return client.delete(f"{at}/roles/{role.pk}", headers=headers).status_code
        method = client.put if number % 2 else client.delete
        return method(f"{at}/members/{cast.charlie.pk}/roles/{role.pk}", headers=headers).status_code

    answers = at_once(50, act)
    assert answers.pop(25) == 204
    assert set(answers) <= {204, 404}
    assert not MemberRole.objects.filter(member=member).exists()
    added = EventRecord.objects.filter(name="MEMBER_ROLE_ADD").count()
    assert added == AuditEntry.objects.filter(action="member_role_add").count()
    # Of those that were given, each was taken but for at most one, which went with the role.
    assert 0 <= added - EventRecord.objects.filter(name="MEMBER_ROLE_REMOVE").count() <= 1
