"""/servers/{id}/categories: list, create, edit and delete."""

import uuid

import pytest

from guilds import access
from guilds.actions import categories
from guilds.models import Channel, Override, Server
from guilds.permissions import Permission
from together.audit.entry import AuditEntry

P = Permission

HIDE = P.VIEW_CHANNEL | P.MANAGE_CHANNELS


@pytest.fixture
def path(cast):
    return f"/servers/{cast.server.pk}/categories"


@pytest.fixture
def text(cast):
    return cast.general.parent


def make(cast, name, position=1, **fields):
    return Channel.objects.create(server=cast.server, name=name, type="category", position=position, **fields)


def test_each_member_lists_those_in_which_they_see_something_or_may_make_it(api, cast, path, text):
    make(cast, "Empty")
    make(cast, "Hidden", 2, default_deny=HIDE)
    for user, seen in (
        (cast.alice, ["Text", "Empty", "Hidden"]),
        (cast.bob, ["Text", "Empty"]),
        (cast.charlie, ["Text"]),
    ):
        assert [category["name"] for category in api(user).get(path).json()] == seen
    [shown] = api(cast.charlie).get(path).json()
    assert shown == {
        "id": str(text.pk),
        "server_id": str(cast.server.pk),
        "name": "Text",
        "position": 0,
        "default_allow": 0,
        "default_deny": 0,
        "created_at": shown["created_at"],
    }
    assert api(cast.mallory).get(path).status_code == 404
    assert api().get(path).status_code == 401


@pytest.mark.parametrize("who", ["alice", "bob"])
def test_who_may_makes_one_after_the_others(api, cast, path, told, frames, who):
    answer = api(getattr(cast, who)).post(path, {"name": " News "})
    assert answer.status_code == 201
    made = answer.json()
    assert (made["name"], made["position"]) == ("News", 1)
    assert [(event.name, event.audiences) for event in told()] == [
        ("@access_changed", [f"server:{cast.server.pk}"]),
        ("CATEGORY_CREATE", [f"channel:{made['id']}"]),
    ]
    assert frames()[-1].d == made
    entry = AuditEntry.objects.get(action="category_create")
    assert (str(entry.target_id), str(entry.channel_id), entry.details) == (made["id"], made["id"], {"name": "News"})


@pytest.mark.parametrize(
    ("body", "status"),
    [
        ({"name": ""}, 400),
        ({"name": "n" * 101}, 400),
        ({"name": 5}, 422),
        ({"default_deny": int(P.BAN_MEMBERS)}, 400),
        ({"default_allow": 1.5}, 422),
        ({"default_allow": -1}, 400),
    ],
)
def test_bad_values_are_refused_before_anything_is_looked_up(api, cast, path, text, body, status):
    for user in (cast.alice, cast.charlie, cast.mallory):
        assert api(user).patch(f"{path}/{text.pk}", body).status_code == status
        if "name" in body:
            assert api(user).post(path, body).status_code == status
    assert api(cast.alice).patch(f"{path}/{text.pk}", {"default_deny": 2, "default_allow": 2}).status_code == 400


def test_it_takes_the_permission_and_what_is_hidden_stays_hidden(api, cast, path, text, told):
    hidden = make(cast, "Hidden", default_deny=HIDE)
    charlie, bob = api(cast.charlie), api(cast.bob)
    for refused in (
        charlie.post(path, {"name": "x"}),
        charlie.patch(f"{path}/{text.pk}", {"name": "x"}),
        charlie.delete(f"{path}/{text.pk}"),
    ):
        assert (refused.status_code, "MANAGE_CHANNELS" in refused.json()["error"]) == (403, True)
    for id in (hidden.pk, uuid.uuid4(), cast.general.pk):
        assert bob.patch(f"{path}/{id}", {"name": "x"}).status_code == 404
        assert bob.delete(f"{path}/{id}").status_code == 404
    for stranger, status in ((api(cast.mallory), 404), (api(), 401)):
        assert stranger.post(path, {"name": "x"}).status_code == status
        assert stranger.patch(f"{path}/{text.pk}", {"name": "x"}).status_code == status
        assert stranger.delete(f"{path}/{text.pk}").status_code == status
    assert bob.patch(f"{path}/category", {"name": "x"}).status_code == 400
    assert told() == []
    assert api(cast.alice).patch(f"{path}/{hidden.pk}", {"name": "x"}).status_code == 200


def test_a_category_is_not_found_through_another_server(api, cast, text):
    elsewhere = api(cast.bob).post("/servers", {"name": "B"}).json()["id"]
    at = f"/servers/{elsewhere}/categories/{text.pk}"
    assert api(cast.bob).patch(at, {"name": "x"}).status_code == api(cast.bob).delete(at).status_code == 404


def test_a_new_name_is_told_to_those_who_see_it_and_what_is_in_it(api, cast, path, text, told, frames):
    answer = api(cast.bob).patch(f"{path}/{text.pk}", {"name": "Talk"})
    assert answer.json()["name"] == "Talk"
    assert [(event.name, event.audiences) for event in told()] == [
        ("CATEGORY_UPDATE", [f"channel:{text.pk}"]),
        ("CHANNEL_UPDATE", [f"channel:{cast.general.pk}"]),
        ("CHANNEL_UPDATE", [f"channel:{cast.secret.pk}"]),
    ]
    assert [frame.d.get("category") for frame in frames()] == [None, "Talk", "Talk"]
    entry = AuditEntry.objects.get(action="category_update")
    assert (entry.details, entry.before, entry.after) == ({"name": "Talk"}, {"name": "Text"}, {"name": "Talk"})
    assert api(cast.bob).patch(f"{path}/{text.pk}", {"name": "Talk"}).json() == answer.json()
    assert api(cast.bob).patch(f"{path}/{text.pk}", {}).json() == answer.json()
    assert told() == []
    assert AuditEntry.objects.count() == 1


def test_what_it_says_of_everyone_counts_in_the_channels_that_inherit(api, cast, path, text, told):
    Channel.objects.filter(pk=cast.general.pk).update(inherits=True)
    assert api(cast.bob).patch(f"{path}/{text.pk}", {"default_deny": int(P.SEND_MESSAGES)}).status_code == 200
    assert not access.can(cast.charlie, P.SEND_MESSAGES, cast.general)
    assert access.can(cast.bob, P.SEND_MESSAGES, cast.secret)
    assert [event.name for event in told()] == ["@access_changed", "CATEGORY_UPDATE"]
    refused = api(cast.bob).patch(f"{path}/{text.pk}", {"default_allow": int(P.MUTE_MEMBERS)})
    assert (refused.status_code, "MUTE_MEMBERS" in refused.json()["error"]) == (403, True)
    assert api(cast.alice).patch(f"{path}/{text.pk}", {"default_allow": int(P.MUTE_MEMBERS)}).status_code == 200


def test_a_deleted_category_leaves_its_channels_with_a_copy_of_its_rules(api, cast, path, text, told, frames):
    Channel.objects.filter(pk=cast.general.pk).update(inherits=True)
    Channel.objects.filter(pk=text.pk).update(default_deny=P.SEND_MESSAGES)
    Override.objects.create(channel=text, user=cast.charlie, allow=P.SEND_MESSAGES)
    people = (cast.alice, cast.bob, cast.charlie)
    held = {(user, channel): access.flags(user, channel) for user in people for channel in (cast.general, cast.secret)}
    answer = api(cast.bob).delete(f"{path}/{text.pk}")
    assert (answer.status_code, answer.content) == (204, b"")
    channels = list(Channel.objects.order_by("position"))
    assert [(one.name, one.parent, one.inherits) for one in channels] == [
        ("general", None, False),
        ("secret", None, False),
    ]
    assert {(user, channel): access.flags(user, channel) for user, channel in held} == held
    assert [(event.name, event.audiences) for event in told()] == [
        ("CATEGORY_DELETE", [f"channel:{text.pk}"]),
        ("@access_changed", [f"server:{cast.server.pk}"]),
        ("CHANNEL_UPDATE", [f"channel:{cast.general.pk}"]),
        ("CHANNEL_UPDATE", [f"channel:{cast.secret.pk}"]),
    ]
    gone, _changed, general, _secret = frames()
    assert gone.d == {"id": str(text.pk), "server_id": str(cast.server.pk)}
    assert (general.d["category"], general.d["inherits"], general.d["default_deny"]) == (None, False, 2)
    assert AuditEntry.objects.get(action="category_delete").details == {"name": "Text"}
    assert api(cast.bob).delete(f"{path}/{text.pk}").status_code == 404


def test_channels_that_one_does_not_see_stay_hidden_when_their_category_goes(api, cast, path, text):
    Channel.objects.filter(pk=text.pk).update(default_deny=P.VIEW_CHANNEL)
    vault = Channel.objects.create(server=cast.server, name="vault", parent=text, inherits=True, position=5)
    # bob sees the category by #general, which has rules of its own, but manages nothing there.
    assert api(cast.bob).delete(f"{path}/{text.pk}").status_code == 403
    assert api(cast.alice).delete(f"{path}/{text.pk}").status_code == 204
    assert set(access.viewers(Channel.objects.get(pk=vault.pk))) == {cast.alice}


def test_a_server_has_so_many_channels_and_categories_and_no_more(api, cast, path, monkeypatch):
    monkeypatch.setattr(categories, "MAX_CHANNELS", 4)
    assert [api(cast.bob).post(path, {"name": "x"}).status_code for _ in range(2)] == [201, 400]
    made = api(cast.bob).patch(f"/servers/{cast.server.pk}/channels/{cast.general.pk}", {"category": "Another"})
    assert made.status_code == 400
    assert Server.objects.get(pk=cast.server.pk).channels.count() == 4
