"""DELETE /servers/{id}/channels/{id}: by those with MANAGE_CHANNELS there."""

import uuid

import pytest
from django.test import Client

from guilds.models import Channel
from together.audit.entry import AuditEntry
from together.events.log import EventRecord
from together.testing.cast import bearer, make_cast
from together.testing.threads import at_once


@pytest.mark.parametrize("who", ["alice", "bob"])
def test_who_may_deletes_it_and_those_who_saw_it_hear_of_it(api, cast, told, frames, who):
    path, id = f"/servers/{cast.server.pk}/channels/{cast.general.pk}", str(cast.general.pk)
    api(cast.charlie).post(f"/channels/{id}/messages", {"content": "hello"})
    told(), frames()

    answer = api(getattr(cast, who)).delete(path)

    assert (answer.status_code, answer.content) == (204, b"")
    assert api(cast.alice).get(path).status_code == 404
    assert api(cast.alice).get(f"/channels/{id}/messages").status_code == 404
    assert [(event.name, event.audiences) for event in told()] == [
        ("CHANNEL_DELETE", [f"channel:{id}"]),
        ("@access_changed", [f"server:{cast.server.pk}"]),
    ]
    assert frames()[0].d == {"id": id, "server_id": str(cast.server.pk)}
    entry = AuditEntry.objects.get(action="channel_delete")
    assert (entry.actor, entry.target_id, entry.channel_id) == (getattr(cast, who), cast.general.pk, cast.general.pk)
    assert (entry.details, entry.before["name"], entry.after) == ({"name": "general"}, "general", {})


def test_others_may_not_and_what_is_hidden_stays_hidden(api, cast, told):
    path = f"/servers/{cast.server.pk}/channels"
    for user, id, status in (
        (cast.charlie, cast.general.pk, 403),
        (cast.charlie, cast.secret.pk, 404),
        (cast.mallory, cast.general.pk, 404),
        (cast.bob, uuid.uuid4(), 404),
        (cast.bob, cast.general.parent_id, 404),
        (cast.bob, "general", 400),
        (None, cast.general.pk, 401),
    ):
        assert api(user).delete(f"{path}/{id}").status_code == status
    assert told() == []
    assert Channel.objects.count() == 3


def test_a_channel_is_not_deleted_through_another_server(api, cast):
    elsewhere = api(cast.bob).post("/servers", {"name": "B"}).json()["id"]
    assert api(cast.bob).delete(f"/servers/{elsewhere}/channels/{cast.general.pk}").status_code == 404


@pytest.mark.django_db(transaction=True)
def test_of_many_at_once_one_deletes_it_and_one_event_tells():
    cast = make_cast()
    server_id, path = cast.server.pk, f"/servers/{cast.server.pk}/channels/{cast.general.pk}"
    headers = bearer(cast.alice)
    answers = at_once(6, lambda _number: Client().delete(f"/api{path}", headers=headers).status_code)
    assert sorted(answers) == [204] + [404] * 5
    assert EventRecord.objects.filter(name="CHANNEL_DELETE").count() == 1
    assert Channel.objects.filter(server=server_id, name="general").count() == 0


@pytest.mark.django_db(transaction=True)
def test_editing_what_is_deleted_meanwhile_is_404_and_never_an_error():
    cast = make_cast()
    path, headers = f"/api/servers/{cast.server.pk}/channels/{cast.general.pk}", bearer(cast.alice)

    def act(number: int) -> int:
        if number == 0:
            return Client().delete(path, headers=headers).status_code
        edit = {"name": f"name {number}"}
        return Client().patch(path, edit, content_type="application/json", headers=headers).status_code

    deleted, *edited = at_once(6, act)
    assert deleted == 204
    assert set(edited) <= {200, 404}
