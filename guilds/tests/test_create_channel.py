"""POST /servers/{id}/channels: by those with MANAGE_CHANNELS."""

import uuid

import pytest

from guilds.actions import channels
from guilds.models import Channel
from guilds.permissions import Permission
from together.testing.cast import make_cast
from together.testing.threads import at_once

NEW = {"name": "plans", "type": "text", "topic": "What next?", "category": "Text"}


@pytest.fixture
def path(cast):
    return f"/servers/{cast.server.pk}/channels"


@pytest.mark.parametrize("who", ["alice", "bob"])
def test_who_may_adds_a_channel_at_the_end_and_those_who_see_it_hear_of_it(api, cast, path, told, frames, who):
    answer = api(getattr(cast, who)).post(path, NEW)

    assert answer.status_code == 201
    made = answer.json()
    assert made == {**made, **NEW, "server_id": str(cast.server.pk), "position": 2}
    assert api(cast.charlie).get(f"{path}/{made['id']}").json() == made
    assert [(event.name, event.audiences) for event in told()] == [
        ("@access_changed", [f"server:{cast.server.pk}"]),
        ("CHANNEL_CREATE", [f"channel:{made['id']}"]),
    ]
    assert frames()[-1].d == made


def test_positions_count_up_from_zero(api, cast):
    server = api(cast.mallory).post("/servers", {"name": "B"}).json()["id"]
    made = [api(cast.mallory).post(f"/servers/{server}/channels", NEW).json() for _ in range(3)]
    assert [channel["position"] for channel in made] == [0, 1, 2]


def test_a_new_category_is_made_and_an_existing_one_used(api, cast, path):
    for _ in range(2):
        assert api(cast.bob).post(path, {**NEW, "category": "Plans"}).json()["category"] == "Plans"
    assert Channel.objects.filter(type="category", name="Plans").count() == 1


@pytest.mark.parametrize("none", [{"topic": None, "category": None}, {"topic": "", "category": ""}])
def test_topic_and_category_may_be_left_empty(api, cast, path, none):
    made = api(cast.bob).post(path, {"name": "plans", "type": "voice", **none})
    assert (made.status_code, made.json()["topic"], made.json()["category"]) == (201, None, None)


def test_a_position_is_not_taken_from_the_body(api, cast, path):
    assert api(cast.bob).post(path, {**NEW, "position": 99}).json()["position"] == 2


@pytest.mark.parametrize(
    ("field", "value", "status"),
    [
        ("name", "", 400),
        ("name", " ", 400),
        ("name", "n" * 101, 400),
        ("name", "a\x00", 400),
        ("topic", "t" * 1025, 400),
        ("category", "c" * 101, 400),
        ("type", "category", 422),
        ("type", "dm", 422),
        ("type", "stage", 422),
        ("type", 5, 422),
        ("type", None, 422),
        ("name", 5, 422),
        ("topic", [], 422),
    ],
)
def test_bad_values_are_refused_before_anything_is_looked_up(api, cast, path, field, value, status):
    for user in (cast.bob, cast.charlie, cast.mallory):
        answer = api(user).post(path, {**NEW, field: value})
        assert (answer.status_code, set(answer.json()["fields"])) == (status, {field})


def test_others_may_not(api, cast, path, told):
    refused = api(cast.charlie).post(path, NEW)
    assert refused.status_code == 403
    assert "MANAGE_CHANNELS" in refused.json()["error"]
    assert api(cast.mallory).post(path, NEW).status_code == 404
    assert (
        api(cast.mallory).post(path, NEW).json() == api(cast.bob).post(f"/servers/{uuid.uuid4()}/channels", NEW).json()
    )
    assert api().post(path, NEW).status_code == 401
    assert told() == []


def test_a_server_has_so_many_channels_and_no_more(api, cast, path, monkeypatch):
    monkeypatch.setattr(channels, "MAX_CHANNELS", 4)
    assert [api(cast.bob).post(path, NEW).status_code for _ in range(2)] == [201, 400]


@pytest.mark.django_db(transaction=True)
def test_simultaneous_channels_get_positions_of_their_own_and_one_category(api):
    cast = make_cast()
    bob = api(cast.bob)
    made = at_once(8, lambda _: bob.post(f"/servers/{cast.server.pk}/channels", {**NEW, "category": "New"}).json())
    assert sorted(channel["position"] for channel in made) == list(range(2, 10))
    assert Channel.objects.filter(type="category", name="New").count() == 1


def test_a_category_that_one_does_not_see_is_none(api, cast, path):
    hidden = Channel.objects.create(
        server=cast.server,
        name="HIDDEN",
        type="category",
        default_deny=Permission.VIEW_CHANNEL | Permission.MANAGE_CHANNELS,
    )
    made = api(cast.bob).post(path, {"name": "x", "type": "text", "category": "HIDDEN"})
    assert made.status_code == 201
    assert Channel.objects.get(pk=made.json()["id"]).parent_id != hidden.pk
    # The owner sees it, and means it.
    made = api(cast.alice).post(path, {"name": "y", "type": "text", "category": "HIDDEN"})
    assert Channel.objects.get(pk=made.json()["id"]).parent_id == hidden.pk
