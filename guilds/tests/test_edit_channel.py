"""PATCH /servers/{id}/channels/{id}: by those with MANAGE_CHANNELS there."""

import uuid

import pytest

from guilds import access
from guilds.actions import update_channel
from guilds.models import Channel, Override, Server
from guilds.permissions import Permission
from together.audit.entry import AuditEntry
from together.refusals import NotFound

HIDE = Permission.VIEW_CHANNEL | Permission.MANAGE_CHANNELS
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
        ("CATEGORY_CREATE", [f"channel:{answer.json()['category_id']}"]),
        ("CHANNEL_UPDATE", [f"channel:{cast.general.pk}"]),
    ]
    assert frames()[-1].d == answer.json()


def test_what_is_left_out_or_null_or_the_same_stays_and_nobody_hears_of_it(api, cast, path, told):
    bob = api(cast.bob)
    before = bob.patch(path, CHANGES).json()
    told()
    assert bob.patch(path, {}).json() == before
    assert bob.patch(path, dict.fromkeys(CHANGES)).json() == before
    assert bob.patch(path, before).json() == before
    assert told() == []
    assert AuditEntry.objects.filter(action="channel_update").count() == 1


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
        ("category_id", "Text", 422),
        ("slow_mode", 21601, 400),
        ("slow_mode", -1, 400),
        ("slow_mode", "5", 422),
        ("inherits", 1, 422),
        ("default_deny", -1, 400),
        ("default_deny", 65536, 400),
        ("default_deny", int(Permission.KICK_MEMBERS), 400),
        ("default_allow", int(Permission.ADMINISTRATOR), 400),
        ("default_allow", True, 422),
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
    assert api(cast.charlie).patch(path, {"name": "plans"}).status_code == 200
    assert api(cast.charlie).patch(f"/servers/{cast.server.pk}/channels/{other.pk}", {"name": "x"}).status_code == 403


def test_putting_it_into_a_category_takes_the_permission_there(api, cast, path):
    Override.objects.create(channel=cast.general, user=cast.charlie, allow=Permission.MANAGE_CHANNELS)
    news = Channel.objects.create(server=cast.server, name="News", type="category")
    Channel.objects.create(server=cast.server, name="news", parent=news, inherits=True)
    charlie = api(cast.charlie)
    for body in ({"category_id": str(news.pk)}, {"category": "News"}, {"category": "Brand new"}):
        refused = charlie.patch(path, body)
        assert (refused.status_code, "MANAGE_CHANNELS" in refused.json()["error"]) == (403, True)
    assert not Channel.objects.filter(name="Brand new").exists()
    Override.objects.create(channel=news, user=cast.charlie, allow=Permission.MANAGE_CHANNELS)
    assert charlie.patch(path, {"category_id": str(news.pk)}).json()["category"] == "News"
    assert charlie.patch(path, {"category_id": None}).json()["category"] is None


def test_a_category_that_one_does_not_see_is_not_found(api, cast, path):
    hidden = Channel.objects.create(server=cast.server, name="Hidden", type="category", default_deny=HIDE)
    refused = [api(cast.bob).patch(path, {"category_id": str(id)}) for id in (hidden.pk, uuid.uuid4(), cast.secret.pk)]
    assert {(one.status_code, one.content) for one in refused} == {(404, refused[0].content)}
    assert api(cast.alice).patch(path, {"category_id": str(hidden.pk)}).json()["category"] == "Hidden"


def test_an_act_is_written_down_with_what_was_before_and_after(api, cast, path):
    before = str(cast.general.parent_id)
    changed = api(cast.bob).patch(path, {**CHANGES, "category": None, "slow_mode": 30}).json()
    entry = AuditEntry.objects.get(action="channel_update")
    assert (entry.actor, entry.target_type, entry.target_id) == (cast.bob, "channel", cast.general.pk)
    assert entry.channel_id == cast.general.pk
    assert entry.details == {
        "name": "plans",
        "topic": "What next?",
        "category": "Text",
        "category_id": str(cast.general.parent_id),
        "position": 7,
    }
    assert entry.before == {"name": "general", "topic": None, "position": 0, "slow_mode": 0}
    assert entry.after == {"name": "plans", "topic": "What next?", "position": 7, "slow_mode": 30}
    assert changed["category_id"] == before


def test_a_channel_is_not_changed_through_another_server(api, cast):
    elsewhere = api(cast.bob).post("/servers", {"name": "B"}).json()["id"]
    assert api(cast.bob).patch(f"/servers/{elsewhere}/channels/{cast.general.pk}", CHANGES).status_code == 404


def test_a_channel_whose_server_is_deleted_meanwhile_is_not_found(cast):
    found = access.find_channel(cast.alice, cast.general.pk)
    Server.objects.update(deleted_at="2026-01-01T00:00Z")
    with pytest.raises(NotFound):
        update_channel(actor=cast.alice, channel=found, name="x")
    assert Channel.objects.get(pk=cast.general.pk).name == "general"


@pytest.mark.parametrize("process", ["lives", "died"])
def test_what_is_changed_as_a_channel_is_hidden_is_not_told_to_those_who_saw_it_before(
    api, cast, path, frames, process, django_capture_on_commit_callbacks
):
    frames()
    with django_capture_on_commit_callbacks(execute=process == "lives"):
        assert api(cast.alice).patch(path, {"topic": "open"}).status_code == 200
        assert api(cast.alice).patch(path, {"topic": "private", "default_deny": 1}).status_code == 200
    told = [(frame.name, frame.d.get("topic")) for frame in frames()]
    first = ("CHANNEL_UPDATE", "open") if process == "lives" else ("@nothing", None)
    assert told == [first, ("@access_changed", None), ("CHANNEL_UPDATE", "private")]
