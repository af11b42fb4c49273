"""DELETE /servers/{id}: by its owner; it is gone for everyone at once."""

import pytest

from guilds.actions import delete_server
from guilds.models import Server
from guilds.purge import purge_deleted_servers
from together.audit.entry import AuditEntry
from together.refusals import Forbidden, NotFound


def test_the_owner_deletes_it_and_nobody_finds_anything_of_it(api, cast, told):
    answer = api(cast.alice).delete(f"/servers/{cast.server.pk}")

    assert (answer.status_code, answer.content) == (204, b"")
    for path in ("", "/channels", "/members", f"/channels/{cast.general.pk}"):
        assert api(cast.alice).get(f"/servers/{cast.server.pk}{path}").status_code == 404
    assert api(cast.alice).get(f"/channels/{cast.general.pk}/messages").status_code == 404
    assert api(cast.alice).post(f"/channels/{cast.general.pk}/messages", {"content": "hello"}).status_code == 404
    assert api(cast.mallory).post(f"/servers/{cast.server.pk}/join").status_code == 404
    assert [(event.name, event.audiences) for event in told()] == [
        ("SERVER_DELETE", [f"server:{cast.server.pk}"]),
        ("@access_changed", [f"server:{cast.server.pk}"]),
    ]


def test_making_and_deleting_it_is_written_down_and_outlasts_it(api, cast):
    made = api(cast.alice).post("/servers", {"name": "Short-lived"}).json()["id"]
    api(cast.alice).delete(f"/servers/{made}")
    purge_deleted_servers()
    assert not Server.objects.filter(pk=made).exists()
    first, second = AuditEntry.objects.order_by("created_at")
    assert [first.action, second.action] == ["server_create", "server_delete"]
    for entry in (first, second):
        assert (entry.actor, str(entry.target_id), entry.details) == (cast.alice, made, {"name": "Short-lived"})
        assert (entry.server_id, entry.server_name) == (None, "Short-lived")


def test_moderators_members_and_strangers_may_not(api, cast, told):
    for user, status in ((cast.bob, 403), (cast.charlie, 403), (cast.mallory, 404), (None, 401)):
        assert api(user).delete(f"/servers/{cast.server.pk}").status_code == status
    assert told() == []
    assert Server.objects.living().count() == 1


def test_an_administrator_of_the_instance_may(cast):
    server = Server.objects.create(name="Foreign", owner=cast.mallory)
    with pytest.raises(Forbidden):
        delete_server(actor=cast.bob, server=server)
    delete_server(actor=cast.alice, server=server)
    assert server not in Server.objects.living()


def test_it_cannot_be_deleted_twice(api, cast, told):
    statuses = [api(cast.alice).delete(f"/servers/{cast.server.pk}").status_code for _ in range(2)]
    assert statuses == [204, 404]
    with pytest.raises(NotFound):
        delete_server(actor=cast.alice, server=cast.server)
    assert len(told()) == 2
