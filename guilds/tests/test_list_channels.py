"""GET /servers/{id}/channels and /servers/{id}/channels/{id}: those that one sees."""

import uuid

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from guilds.models import Channel, ChannelType, Member, Server


def names(answer):
    return [channel["name"] for channel in answer.json()]


@pytest.fixture
def path(cast):
    Channel.objects.create(server=cast.server, name="Lobby", type=ChannelType.VOICE, position=2)
    return f"/servers/{cast.server.pk}/channels"


@pytest.mark.parametrize(
    ("who", "seen"),
    [
        ("alice", ["general", "secret", "Lobby"]),
        ("bob", ["general", "secret", "Lobby"]),
        ("charlie", ["general", "Lobby"]),
    ],
)
def test_each_member_sees_their_channels_in_order_and_no_categories(api, cast, path, who, seen):
    answer = api(getattr(cast, who)).get(path)
    assert answer.status_code == 200
    assert names(answer) == seen


def test_a_channel_has_the_documented_shape_with_the_name_of_its_category(api, cast, path):
    general, lobby = api(cast.charlie).get(path).json()
    assert general == {
        "id": str(cast.general.pk),
        "server_id": str(cast.server.pk),
        "name": "general",
        "type": "text",
        "position": 0,
        "category": "Text",
        "category_id": str(cast.general.parent_id),
        "topic": None,
        "inherits": False,
        "default_allow": 0,
        "default_deny": 0,
        "slow_mode": 0,
        "created_at": general["created_at"],
    }
    assert (lobby["type"], lobby["category"]) == ("voice", None)
    assert api(cast.charlie).get(f"{path}/{cast.general.pk}").json() == general


@pytest.mark.parametrize(("type", "seen"), [("text", ["general"]), ("voice", ["Lobby"]), ("", ["general", "Lobby"])])
def test_a_type_narrows_the_list(api, cast, path, type, seen):
    assert names(api(cast.charlie).get(path, {"type": type})) == seen


@pytest.mark.parametrize("type", ["category", "dm", "nonsense"])
def test_an_unknown_type_is_400_in_our_shape(api, cast, path, type):
    answer = api(cast.charlie).get(path, {"type": type})
    assert (answer.status_code, set(answer.json()["fields"])) == (400, {"type"})


def test_a_hidden_channel_is_the_same_404_as_one_that_never_was(api, cast, path):
    assert api(cast.bob).get(f"{path}/{cast.secret.pk}").status_code == 200
    hidden, unknown = (api(cast.charlie).get(f"{path}/{id}") for id in (cast.secret.pk, uuid.uuid4()))
    assert hidden.status_code == unknown.status_code == 404
    assert hidden.json() == unknown.json()


def test_a_channel_is_not_found_through_another_server(api, cast, path):
    elsewhere = Server.objects.create(name="Elsewhere", owner=cast.alice)
    Member.objects.create(user=cast.alice, server=elsewhere)
    assert api(cast.alice).get(f"/servers/{elsewhere.pk}/channels").json() == []
    assert api(cast.alice).get(f"/servers/{elsewhere.pk}/channels/{cast.general.pk}").status_code == 404


def test_categories_are_not_channels_to_the_wire(api, cast, path):
    assert api(cast.alice).get(f"{path}/{cast.general.parent_id}").status_code == 404


def test_strangers_see_nothing(api, cast, path):
    for suffix in ("", f"/{cast.general.pk}"):
        assert api(cast.mallory).get(path + suffix).status_code == 404
        assert api().get(path + suffix).status_code == 401
    assert api(cast.alice).get(f"{path}/general").status_code == 400


@pytest.mark.parametrize("count", [1, 50])
def test_listing_costs_the_same_whatever_the_number(api, cast, count):
    cast.secret.delete()
    for number in range(count - 1):
        Channel.objects.create(server=cast.server, name=f"c{number}", parent=cast.general.parent)
    charlie = api(cast.charlie)
    with CaptureQueriesContext(connection) as queries:
        assert len(charlie.get(f"/servers/{cast.server.pk}/channels").json()) == count
    assert len(queries) == 6
