"""GET /server-templates, and POST /servers with one of them."""

import uuid

import pytest

from guilds.models import Channel, ChannelType


def test_the_built_in_ones_are_there_by_name_in_the_documented_shape(api, cast):
    answer = api(cast.mallory).get("/server-templates")

    assert answer.status_code == 200
    assert [(one["name"], one["category"]) for one in answer.json()] == [
        ("Community", "community"),
        ("Gaming", "gaming"),
        ("Study Group", "study"),
    ]
    for one in answer.json():
        assert set(one) == {"id", "name", "description", "category", "channels", "is_builtin", "created_at"}
        assert one["is_builtin"] is True
        assert one["description"]
        assert [channel["position"] for channel in one["channels"]] == list(range(len(one["channels"])))
        assert all(set(channel) == {"name", "type", "category", "position"} for channel in one["channels"])


def test_they_take_an_account(api, db):
    assert api().get("/server-templates").status_code == 401


def test_each_makes_the_channels_that_it_names(api, cast):
    mallory = api(cast.mallory)
    for template in mallory.get("/server-templates").json():
        server = mallory.post("/servers", {"name": "New", "template_id": template["id"]}).json()
        made = mallory.get(f"/servers/{server['id']}/channels").json()
        assert [{key: channel[key] for key in ("name", "type", "category", "position")} for channel in made] == (
            template["channels"]
        )
        assert Channel.objects.filter(server=server["id"], type=ChannelType.CATEGORY).count() == len(
            {channel["category"] for channel in template["channels"]}
        )


def test_the_one_for_gaming_is_as_the_wire_says(api, cast):
    [gaming] = [one for one in api(cast.mallory).get("/server-templates").json() if one["name"] == "Gaming"]
    assert [(channel["name"], channel["type"], channel["category"]) for channel in gaming["channels"]] == [
        ("announcements", "text", "Information"),
        ("general", "text", "Text Channels"),
        ("gaming-chat", "text", "Text Channels"),
        ("General", "voice", "Voice Channels"),
        ("Gaming", "voice", "Voice Channels"),
    ]


@pytest.mark.parametrize(("template_id", "status"), [(str(uuid.UUID(int=7)), 400), ("x", 422), (5, 422)])
def test_another_is_refused_and_no_server_is_made(api, cast, template_id, status):
    assert api(cast.mallory).post("/servers", {"name": "New", "template_id": template_id}).status_code == status
    assert api(cast.mallory).get("/servers").json() == []


def test_without_one_there_are_no_channels(api, cast):
    server = api(cast.mallory).post("/servers", {"name": "New", "template_id": None}).json()
    assert api(cast.mallory).get(f"/servers/{server['id']}/channels").json() == []
