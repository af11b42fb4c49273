"""GET /servers/{id}/invites: for those with CREATE_INVITES, since a code is a key."""

from datetime import UTC, datetime, timedelta

import pytest
from django.utils import timezone

from guilds.models import Invite, Member, Role, Server
from guilds.permissions import Permission
from guilds.purge import purge_invites

NOW = datetime(2026, 1, 1, tzinfo=UTC)


@pytest.fixture
def path(cast):
    Role.objects.filter(pk=cast.moderator.pk).update(permissions=Permission.CREATE_INVITES)
    return f"/servers/{cast.server.pk}/invites"


def test_the_newest_come_first_and_the_useless_are_among_them(api, cast, path):
    old = Invite.objects.create(server=cast.server, code="old", created_at=NOW)
    Invite.objects.create(
        server=cast.server, code="spent", uses=1, max_uses=1, created_at=NOW + timedelta(1), created_by=cast.alice
    )
    Invite.objects.create(server=cast.server, code="late", expires_at=NOW, created_at=NOW + timedelta(2))
    answer = api(cast.bob).get(path)

    assert answer.status_code == 200
    assert [invite["code"] for invite in answer.json()] == ["late", "spent", "old"]
    assert [invite["created_by"] for invite in answer.json()] == [None, str(cast.alice.pk), None]
    assert answer.json()[-1]["id"] == str(old.pk)


def test_only_those_of_that_server_are_there(api, cast, path):
    other = Server.objects.create(name="Other", owner=cast.bob)
    Member.objects.create(server=other, user=cast.bob)
    Invite.objects.create(server=other, code="other")
    assert api(cast.bob).get(path).json() == []
    assert [one["code"] for one in api(cast.bob).get(f"/servers/{other.pk}/invites").json()] == ["other"]


def test_others_see_none(api, cast, path):
    Invite.objects.create(server=cast.server, code="key")
    answer = api(cast.charlie).get(path)
    assert answer.status_code == 403
    assert "key" not in answer.content.decode()
    assert api(cast.mallory).get(path).status_code == 404
    assert api().get(path).status_code == 401
    assert api(cast.bob).get("/servers/x/invites").status_code == 400


def test_invites_that_expired_long_ago_are_removed(cast):
    now = timezone.now()
    for code, days in (("fresh", -1), ("expired", 29), ("old", 31)):
        Invite.objects.create(server=cast.server, code=code, expires_at=now - timedelta(days=days))
    Invite.objects.create(server=cast.server, code="forever")
    assert purge_invites() == 1
    assert set(Invite.objects.values_list("code", flat=True)) == {"fresh", "expired", "forever"}
