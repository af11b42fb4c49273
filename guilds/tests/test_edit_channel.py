"""PATCH /servers/{id}/channels/{id}: by those with MANAGE_CHANNELS there."""

import uuid

import pytest

from guilds import access
from guilds.actions import update_channel
from guilds.models import Channel, Override, Server
from guilds.permissions import Permission
from together.refusals import NotFound

CHANGES = {"name": "plans", "topic": "What next?", "category": "Other", "position": 7}


@pytest.fixture
def path(cast):
    return f"/servers/{cast.server.pk}/channels/{cast.general.pk}"


@pytest.mark.parametrize("who", ["alice", "bob"])
def test_who_may_changes_everything_and_those_who_see_it_hear_of_it(api, cast, path, told, frames, who):
    answer = api(getattr(cast, who)).patch(path, CHANGES)

    assert answer.status_code == 200
    assert answer.json() == {**answer.json(), **CHANGES}
    assert api(cast.charlie).get(path).json() == answer.json()
    assert [(event.name, event.audiences) for event in told()] == [
        ("@access_changed", [f"server:{cast.server.pk}"]),
        ("CHANNEL_UPDATE", [f"channel:{cast.general.pk}"]),
    ]
    assert frames()[-1].d == answer.json()


def test_what_is_left_out_or_null_stays(api, cast, path, told):
    bob = api(cast.bob)
    before = bob.patch(path, CHANGES).json()
    told()
    assert bob.patch(path, {}).json() == before
    assert bob.patch(path, dict.fromkeys(CHANGES)).json() == before
    assert {event.name for event in told()} == {"CHANNEL_UPDATE"}


def test_an_empty_topic_clears_it_and_an_empty_category_takes_the_channel_out(api, cast, path):
    api(cast.bob).patch(path, CHANGES)
    answer = api(cast.bob).patch(path, {"topic": "", "category": ""}).json()
    assert (answer["topic"], answer["category"]) == (None, None)


def test_the_type_cannot_be_changed(api, cast, path):
    assert api(cast.bob).patch(path, {"type": "voice"}).json()["type"] == "text"


@pytest.mark.parametrize(
    ("field", "value", "status"),
    [
        ("name", "", 400),
        ("name", "n" * 101, 400),
        ("topic", "t" * 1025, 400),
        ("category", "c" * 101, 400),
        ("position", -1, 400),
        ("position", 2**31, 400),
        ("position", 2**63, 422),
        ("position", 10**40, 422),
        ("position", 1.5, 422),
        ("position", "1", 422),
        ("position", True, 422),
        ("name", {}, 422),
    ],
)
def test_bad_values_are_refused_before_anything_is_looked_up(api, cast, path, field, value, status):
    for user in (cast.bob, cast.charlie, cast.mallory):
        answer = api(user).patch(path, {field: value})
        assert (answer.status_code, set(answer.json()["fields"])) == (status, {field})


def test_others_may_not_and_what_is_hidden_stays_hidden(api, cast, path, told):
    assert api(cast.charlie).patch(path, CHANGES).status_code == 403
    secret = f"/servers/{cast.server.pk}/channels/{cast.secret.pk}"
    unknown = f"/servers/{cast.server.pk}/channels/{uuid.uuid4()}"
    assert api(cast.charlie).patch(secret, CHANGES).status_code == 404
    assert api(cast.charlie).patch(secret, CHANGES).json() == api(cast.charlie).patch(unknown, CHANGES).json()
    assert api(cast.mallory).patch(path, CHANGES).status_code == 404
    assert api().patch(path, CHANGES).status_code == 401
    assert told() == []


def test_the_permission_may_hold_in_one_channel_only(api, cast, path):
    Override.objects.create(channel=cast.general, user=cast.charlie, allow=Permission.MANAGE_CHANNELS)
    other = Channel.objects.create(server=cast.server, name="other")
    assert api(cast.charlie).patch(path, CHANGES).status_code == 200
    assert api(cast.charlie).patch(f"/servers/{cast.server.pk}/channels/{other.pk}", CHANGES).status_code == 403


def test_a_channel_is_not_changed_through_another_server(api, cast):
    elsewhere = api(cast.bob).post("/servers", {"name": "B"}).json()["id"]
    assert api(cast.bob).patch(f"/servers/{elsewhere}/channels/{cast.general.pk}", CHANGES).status_code == 404


def test_a_channel_whose_server_is_deleted_meanwhile_is_not_found(cast, monkeypatch):
    allowed = access.require

    def deleted_right_after_the_question(*question):
        allowed(*question)
        Server.objects.update(deleted_at="2026-01-01T00:00Z")

    monkeypatch.setattr(access, "require", deleted_right_after_the_question)
    for _ in range(2):
        with pytest.raises(NotFound):
            update_channel(actor=cast.alice, channel=cast.general, name="x")
    assert Channel.objects.get(pk=cast.general.pk).name == "general"
