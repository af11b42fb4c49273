"""PATCH /servers/{id} {"joins_locked"}: while it is set, nobody new comes in."""

import pytest

from guilds.models import Member, Server
from together.audit.entry import AuditEntry


@pytest.fixture
def join(cast):
    Server.objects.update(is_public=True)
    return f"/servers/{cast.server.pk}/join"


def test_nobody_joins_a_locked_server_until_it_is_unlocked(api, cast, join):
    server = f"/servers/{cast.server.pk}"
    assert api(cast.bob).patch(server, {"joins_locked": True}).json()["joins_locked"] is True
    answer = api(cast.mallory).post(join)
    assert answer.status_code == 403
    assert "locked" in answer.json()["error"]
    assert api(cast.bob).patch(server, {"joins_locked": False}).status_code == 200
    assert api(cast.mallory).post(join).status_code == 201


def test_members_are_not_concerned(api, cast, join):
    Server.objects.update(joins_locked=True)
    assert api(cast.charlie).post(join).status_code == 409
    assert api(cast.charlie).get(f"/channels/{cast.general.pk}/messages").status_code == 200
    assert api(cast.charlie).post(f"/channels/{cast.general.pk}/messages", {"content": "a"}).status_code == 201
    assert api(cast.charlie).delete(f"/servers/{cast.server.pk}/leave").status_code == 204
    assert api(cast.charlie).post(join).status_code == 403


def test_it_takes_a_permission(api, cast, told):
    answer = api(cast.charlie).patch(f"/servers/{cast.server.pk}", {"joins_locked": True})
    assert answer.status_code == 403
    assert "MANAGE_SERVER" in answer.json()["error"]
    assert api(cast.mallory).patch(f"/servers/{cast.server.pk}", {"joins_locked": True}).status_code == 404
    assert api(cast.bob).patch(f"/servers/{cast.server.pk}", {"joins_locked": 1}).status_code == 422
    assert told() == []
    assert Server.objects.get(pk=cast.server.pk).joins_locked is False


def test_it_is_known_and_written_down_once(api, cast, told):
    for _ in range(2):
        api(cast.bob).patch(f"/servers/{cast.server.pk}", {"joins_locked": True})
    assert [event.name for event in told()] == ["SERVER_UPDATE"]
    entry = AuditEntry.objects.get()
    assert (entry.action, entry.before, entry.after) == (
        "server_update",
        {"joins_locked": False},
        {"joins_locked": True},
    )
    assert Member.objects.filter(server=cast.server).count() == 3
