"""POST /servers/{id}/channels: by those with MANAGE_CHANNELS."""

import uuid

import pytest

from guilds import access
from guilds.actions import categories
from guilds.models import Channel
from guilds.permissions import Permission
from together.audit.entry import AuditEntry
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
    entry = AuditEntry.objects.get(action="channel_create")
    assert (entry.actor, entry.details) == (getattr(cast, who), {"name": "plans", "type": "text"})
    assert str(entry.target_id) == str(entry.channel_id) == made["id"]


def test_positions_count_up_from_zero(api, cast):
    server = api(cast.mallory).post("/servers", {"name": "B"}).json()["id"]
    made = [api(cast.mallory).post(f"/servers/{server}/channels", NEW).json() for _ in range(3)]
    assert [channel["position"] for channel in made] == [0, 1, 2]


def test_a_new_category_is_made_and_an_existing_one_used(api, cast, path, told):
    for _ in range(2):
        made = api(cast.bob).post(path, {**NEW, "category": "Plans"}).json()
        assert made["category"] == "Plans"
    category = Channel.objects.get(type="category", name="Plans")
    assert made["category_id"] == str(category.pk)
    assert [event.audiences for event in told() if event.name == "CATEGORY_CREATE"] == [[f"channel:{category.pk}"]]
    assert AuditEntry.objects.get(action="category_create").target_id == category.pk
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
        ("category_id", 5, 422),
        ("inherits", "yes", 422),
        ("slow_mode", 21601, 400),
        ("default_allow", int(Permission.MANAGE_ROLES), 400),
        ("default_deny", 2**63, 422),
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
    monkeypatch.setattr(categories, "MAX_CHANNELS", 4)
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


def test_it_may_begin_with_rules_and_slow_and_in_a_category_by_id(api, cast, path):
    body = {"name": "x", "type": "text", "category_id": str(cast.general.parent_id), "slow_mode": 30, "default_deny": 2}
    made = api(cast.bob).post(path, body).json()
    assert made == {**made, **body, "category": "Text", "inherits": False, "default_allow": 0}
    assert access.can(cast.charlie, Permission.VIEW_CHANNEL, Channel.objects.get(pk=made["id"]))
    assert not access.can(cast.charlie, Permission.SEND_MESSAGES, Channel.objects.get(pk=made["id"]))


def test_in_a_category_it_inherits_unless_it_says_otherwise(api, cast, path):
    Channel.objects.filter(pk=cast.general.parent_id).update(default_deny=Permission.SEND_MESSAGES)
    bob, here = api(cast.bob), {"name": "x", "type": "text", "category": "Text"}
    made = [bob.post(path, {**here, **more}).json()["inherits"] for more in ({}, {"inherits": True})]
    apart = [
        bob.post(path, {**here, **more}).json()["inherits"] for more in ({"inherits": False}, {"default_deny": 16})
    ]
    assert (made, apart) == ([True, True], [False, False])
    assert bob.post(path, {"name": "x", "type": "text"}).json()["inherits"] is False


@pytest.mark.parametrize(
    "wrong",
    [
        {"inherits": True},
        {"category": "Text", "inherits": True, "default_deny": 1},
        {"default_deny": 1, "default_allow": 1},
    ],
)
def test_rules_that_make_no_sense_are_refused(api, cast, path, wrong):
    assert api(cast.bob).post(path, {"name": "x", "type": "text", **wrong}).status_code == 400


def test_who_makes_a_private_channel_sees_it_and_others_do_not(api, cast, path):
    made = api(cast.bob).post(path, {"name": "x", "type": "text", "default_deny": 1})
    assert made.status_code == 201
    channel = Channel.objects.get(pk=made.json()["id"])
    assert [set(access.viewers(channel))] == [{cast.alice, cast.bob}]
    [override] = channel.overrides.all()
    assert (override.user, override.allow, override.deny) == (cast.bob, Permission.VIEW_CHANNEL, 0)
    # The owner sees everything, and needs none.
    made = api(cast.alice).post(path, {"name": "y", "type": "text", "default_deny": 1}).json()
    assert not Channel.objects.get(pk=made["id"]).overrides.exists()


def test_nobody_begins_a_channel_with_flags_that_they_lack(api, cast, path):
    refused = api(cast.bob).post(path, {"name": "x", "type": "text", "default_allow": int(Permission.MUTE_MEMBERS)})
    assert (refused.status_code, "MUTE_MEMBERS" in refused.json()["error"]) == (403, True)
    given = {"name": "x", "type": "text", "default_allow": int(Permission.MANAGE_MESSAGES)}
    assert api(cast.bob).post(path, given).status_code == 201


def test_a_category_that_one_sees_and_may_not_manage_is_not_filled(api, cast, path):
    Channel.objects.filter(pk=cast.general.parent_id).update(default_deny=Permission.MANAGE_CHANNELS)
    for body in ({"category": "Text"}, {"category_id": str(cast.general.parent_id)}):
        assert api(cast.bob).post(path, {"name": "x", "type": "text", **body}).status_code == 403
        assert api(cast.alice).post(path, {"name": "x", "type": "text", **body}).status_code == 201
    unknown = api(cast.alice).post(path, {"name": "x", "type": "text", "category_id": str(uuid.uuid4())})
    assert unknown.status_code == 404


def test_a_channel_at_the_last_position_does_not_stand_in_the_way(api, cast):
    Channel.objects.filter(pk=cast.general.pk).update(position=2**31 - 1)
    answer = api(cast.alice).post(f"/servers/{cast.server.pk}/channels", {"name": "next", "type": "text"})
    assert (answer.status_code, answer.json()["position"]) == (201, 2**31 - 1)
