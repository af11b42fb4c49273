"""DELETE /servers/{id}/channels/{id}: by those with MANAGE_CHANNELS there."""

import uuid

import pytest

from guilds.models import Channel


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
