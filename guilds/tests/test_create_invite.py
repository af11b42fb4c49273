"""POST /servers/{id}/invites: by those with CREATE_INVITES."""

import re
from datetime import datetime, timedelta

import pytest
from django.db import connection
from django.db.models import F

from guilds.actions.invites import MAX_USABLE
from guilds.models import Invite, Override, Role, Server
from guilds.permissions import Permission
from together.audit.entry import AuditEntry
from together.testing.cast import make_cast
from together.testing.threads import at_once


@pytest.fixture
def path(cast):
    Role.objects.filter(pk=cast.moderator.pk).update(permissions=Permission.CREATE_INVITES)
    return f"/servers/{cast.server.pk}/invites"


@pytest.mark.parametrize("who", ["alice", "bob"])
def test_who_may_makes_one_and_only_those_who_may_see_codes_hear_of_it(api, cast, path, told, frames, who):
    user = getattr(cast, who)
    answer = api(user).post(path, {})

    assert answer.status_code == 201
    invite = answer.json()
    assert re.fullmatch("[A-Za-z0-9]{8}", invite["code"])
    assert invite == {
        "id": invite["id"],
        "server_id": str(cast.server.pk),
        "code": invite["code"],
        "created_by": str(user.pk),
        "max_uses": None,
        "uses": 0,
        "expires_at": None,
        "created_at": invite["created_at"],
    }
    [event] = told()
    assert event.name == "INVITE_CREATE"
    assert sorted(event.audiences) == sorted([f"user:{cast.alice.pk}", f"user:{cast.bob.pk}"])
    assert frames()[0].d == invite


def test_it_may_be_for_a_few_people_and_a_few_hours_of_the_database(api, cast, path):
    invite = api(cast.bob).post(path, {"max_uses": 5, "expires_in_hours": 24}).json()
    assert invite["max_uses"] == 5
    assert isinstance(invite["expires_at"], str)
    with connection.cursor() as cursor:
        cursor.execute("SELECT now()")
        now = cursor.fetchone()[0]
    lasts = datetime.fromisoformat(invite["expires_at"]) - now
    assert timedelta(hours=24) <= lasts < timedelta(hours=24, minutes=1)


def test_null_is_the_same_as_nothing(api, cast, path):
    invite = api(cast.bob).post(path, {"max_uses": None, "expires_in_hours": None}).json()
    assert (invite["max_uses"], invite["expires_at"]) == (None, None)


def test_it_is_written_down(api, cast, path):
    invite = api(cast.bob).post(path, {"max_uses": 3}).json()
    entry = AuditEntry.objects.get()
    assert (entry.action, entry.actor, entry.server) == ("invite_create", cast.bob, cast.server)
    assert (entry.target_type, str(entry.target_id)) == ("invite", invite["id"])
    assert entry.details == {"code": invite["code"], "max_uses": 3}
    assert entry.after == {"code": invite["code"], "max_uses": 3, "expires_at": None}


@pytest.mark.parametrize(
    ("body", "status"),
    [
        ({"max_uses": 0}, 400),
        ({"max_uses": -1}, 400),
        ({"max_uses": 2**31}, 400),
        ({"expires_in_hours": 0}, 400),
        ({"expires_in_hours": 721}, 400),
        ({"max_uses": "1"}, 422),
        ({"max_uses": 1.5}, 422),
        ({"max_uses": True}, 422),
        ({"max_uses": 10**30}, 422),
        ({"expires_in_hours": []}, 422),
        ({"code": "mine"}, 422),
        ([], 422),
    ],
)
def test_other_bodies_are_refused_before_anything_is_looked_up(api, cast, path, body, status):
    for user in (cast.alice, cast.charlie, cast.mallory):
        assert api(user).post(path, body).status_code == status
    assert not Invite.objects.exists()


@pytest.mark.parametrize("body", [{"max_uses": 1}, {"max_uses": 2**31 - 1}, {"expires_in_hours": 720}])
def test_what_is_just_within_the_limits_is_good(api, cast, path, body):
    assert api(cast.bob).post(path, body).status_code == 201


def test_others_may_not_and_strangers_find_nothing(api, cast, path, told):
    answer = api(cast.charlie).post(path, {})
    assert answer.status_code == 403
    assert "CREATE_INVITES" in answer.json()["error"]
    assert api(cast.mallory).post(path, {}).status_code == 404
    assert api().post(path, {}).status_code == 401
    assert told() == []
    assert not Invite.objects.exists()


def test_no_channel_lends_the_permission(api, cast, path):
    Override.objects.create(channel=cast.general, user=cast.charlie, allow=Permission.CREATE_INVITES)
    assert api(cast.charlie).post(path, {}).status_code == 403


def test_the_permission_may_be_everyone_s(api, cast, path):
    Server.objects.update(default_permissions=F("default_permissions") + int(Permission.CREATE_INVITES))
    assert api(cast.charlie).post(path, {}).status_code == 201


def test_a_server_has_so_many_usable_invites_and_the_useless_do_not_count(api, cast, path):
    Invite.objects.bulk_create(Invite(server=cast.server, code=f"full{number}") for number in range(MAX_USABLE))
    refused = api(cast.bob).post(path, {})
    assert refused.status_code == 400
    assert str(MAX_USABLE) in refused.json()["error"]
    Invite.objects.filter(code="full0").update(uses=1, max_uses=1)
    assert api(cast.bob).post(path, {}).status_code == 201
    assert api(cast.bob).post(path, {}).status_code == 400
    Invite.objects.filter(code="full1").update(expires_at="2020-01-01T00:00Z")
    assert api(cast.bob).post(path, {}).status_code == 201


@pytest.mark.django_db(transaction=True)
def test_the_cap_holds_when_many_are_made_at_once(api):
    cast = make_cast()
    Invite.objects.bulk_create(Invite(server=cast.server, code=f"full{number}") for number in range(MAX_USABLE - 2))
    alice = api(cast.alice)
    statuses = at_once(6, lambda _: alice.post(f"/servers/{cast.server.pk}/invites", {}).status_code)
    assert sorted(statuses) == [201, 201, 400, 400, 400, 400]
