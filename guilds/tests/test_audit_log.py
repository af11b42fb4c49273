"""GET /servers/{id}/audit-logs: by those with MANAGE_SERVER; nothing is lost, nothing told that they do not see."""

import uuid
from datetime import timedelta, timezone

import pytest
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext

from accounts.models import User
from guilds.actions import delete_channel, update_channel
from guilds.models import Channel, Invite, Override
from guilds.permissions import Permission
from together.audit import record
from together.audit.entry import AuditEntry
from together.testing.threads import at_once

HIDE = Permission.VIEW_CHANNEL | Permission.MANAGE_CHANNELS
KEYS = {
    "id", "server_id", "actor_id", "actor_username", "action", "target_type", "target_id", "details", "before", "after",
    "reason", "redacted", "ip_address", "created_at",
}  # fmt: skip
BLANK = {"target_id": None, "reason": None, "details": {}, "before": {}, "after": {}, "redacted": True}


@pytest.fixture
def path(cast):
    return f"/servers/{cast.server.pk}/audit-logs"


def write(cast, action="role_create", **what):
    with transaction.atomic():
        return record(action, **{"actor": cast.alice, "server": cast.server, **what})


def ids(answer):
    assert answer.status_code == 200, answer.content
    return [entry["id"] for entry in answer.json()]


@pytest.mark.parametrize("who", ["alice", "bob"])
def test_who_may_reads_what_was_done_the_newest_first(api, cast, path, who):
    target = uuid.uuid4()
    first = write(cast, "member_kick", target=("user", target), details={"reason": "spam"}, reason="spam")
    second = write(cast, "server_update", actor=cast.bob, before={"name": "A"}, after={"name": "B"})

    answer = api(getattr(cast, who)).get(path)

    assert ids(answer) == [str(second.pk), str(first.pk)]
    newest, oldest = answer.json()
    assert set(newest) == set(oldest) == KEYS
    assert (newest["before"], newest["after"], newest["details"]) == ({"name": "A"}, {"name": "B"}, {})
    assert (newest["actor_id"], newest["actor_username"]) == (str(cast.bob.pk), "bob")
    assert oldest == {
        **oldest,
        "server_id": str(cast.server.pk),
        "actor_username": "alice",
        "action": "member_kick",
        "target_type": "user",
        "target_id": str(target),
        "details": {"reason": "spam"},
        "reason": "spam",
        "redacted": False,
        "ip_address": None,
    }


def test_members_without_the_permission_strangers_and_nobody_do_not(api, cast, path):
    write(cast)
    assert "MANAGE_SERVER" in api(cast.charlie).get(path).json()["error"]
    for user, status in ((cast.charlie, 403), (cast.mallory, 404), (None, 401)):
        assert api(user).get(path).status_code == status
    unknown = api(cast.mallory).get(f"/servers/{uuid.uuid4()}/audit-logs")
    assert unknown.json() == api(cast.mallory).get(path).json()
    assert api(cast.alice).get("/servers/7/audit-logs").status_code == 400


def test_an_administrator_of_the_instance_has_no_special_way_in(api, cast, path):
    User.objects.filter(pk=cast.mallory.pk).update(is_admin=True)
    assert api(cast.mallory).get(path).status_code == 404


def test_the_log_of_another_server_is_not_in_it(api, cast, path):
    elsewhere = api(cast.mallory).post("/servers", {"name": "Elsewhere"}).json()["id"]
    entry = write(cast)
    assert ids(api(cast.alice).get(path)) == [str(entry.pk)]
    assert str(entry.pk) not in ids(api(cast.mallory).get(f"/servers/{elsewhere}/audit-logs"))


def test_who_acted_is_null_once_their_account_is_gone(api, cast, path):
    write(cast, actor=cast.mallory)
    User.objects.filter(pk=cast.mallory.pk).delete()
    [entry] = api(cast.alice).get(path).json()
    assert (entry["actor_id"], entry["actor_username"]) == (None, None)


def test_filters_narrow_it_together(api, cast, path):
    target = uuid.uuid4()
    one = write(cast, "member_kick", target=("user", target))
    write(cast, "member_kick", target=("user", uuid.uuid4()))
    other = write(cast, "role_create", target=("role", target), actor=cast.bob)
    alice = api(cast.alice)
    assert ids(alice.get(path, {"target_id": str(target)})) == [str(other.pk), str(one.pk)]
    assert ids(alice.get(path, {"target_id": str(target), "action": "member_kick"})) == [str(one.pk)]
    assert ids(alice.get(path, {"actor_id": str(cast.bob.pk)})) == [str(other.pk)]
    assert ids(alice.get(path, {"target_type": "role"})) == [str(other.pk)]
    assert ids(alice.get(path, {"action": "no_such_act"})) == []
    assert ids(alice.get(path, {"target_type": "role", "action": "member_kick"})) == []


@pytest.mark.parametrize(
    "query",
    [
        {"limit": "0"}, {"limit": "-1"}, {"limit": "x"}, {"limit": "9" * 2000}, {"actor_id": "bob"}, {"target_id": "7"},
        {"before": "yesterday"}, {"before": "2026-01-05T09:04:00"}, {"before": "2026-01-05"},
        {"before": "0001-01-01T00:00:00+14:00"}, {"before": "2026-13-05T09:04:00Z"}, {"after": ""}, {"action": "a\0b"},
        {"before": "２０２６-01-05T09:04:00Z"}, {"before": "20260105T090400Z"},
    ],
)  # fmt: skip
def test_what_cannot_be_read_is_400_for_everyone(api, cast, path, query):
    for user in (cast.alice, cast.charlie, cast.mallory):
        answer = api(user).get(path, query)
        assert (answer.status_code, set(answer.json()["fields"])) == (400, set(query))
    assert api().get(path, query).status_code == 401


def test_a_page_has_fifty_entries_at_most_a_hundred(api, cast, path):
    for _number in range(103):
        write(cast)
    alice = api(cast.alice)
    assert [len(ids(alice.get(path, query))) for query in ({}, {"limit": 1}, {"limit": 100}, {"limit": 10**9})] == [
        50, 1, 100, 100,
    ]  # fmt: skip


def pages(client, path, key, limit=3):
    """All entries, page by page, as existing clients ask for them."""
    found, query = [], {"limit": limit}
    while page := client.get(path, query).json():
        found += page
        query["before"] = page[-1][key]
    return found


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("key", ["created_at", "id"])
def test_of_what_twenty_do_at_once_no_page_loses_anything_nor_shows_it_twice(api, cast, path, key):
    def act(number):
        return [str(write(cast, "role_create", details={"name": f"{number} {turn}"}).pk) for turn in range(3)]

    written = {id for done in at_once(20, act) for id in done}
    found = [entry["id"] for entry in pages(api(cast.alice), path, key)]
    assert len(found) == len(written) == 60
    assert set(found) == written
    moments = [entry["created_at"] for entry in pages(api(cast.alice), path, key)]
    assert moments == sorted(set(moments), reverse=True)


def test_a_moment_with_any_offset_or_an_id_leads_on_in_both_directions(api, cast, path):
    entries = [write(cast) for _number in range(5)]
    newest_first = [str(entry.pk) for entry in reversed(entries)]
    middle, alice = entries[2], api(cast.alice)
    elsewhere = middle.created_at.astimezone(timezone(timedelta(hours=-3, minutes=-30)))
    for cursor in (str(middle.pk), str(middle.pk).upper(), middle.created_at.isoformat(), elsewhere.isoformat()):
        assert ids(alice.get(path, {"before": cursor})) == newest_first[3:]
        assert ids(alice.get(path, {"after": cursor})) == newest_first[:2]
        assert ids(alice.get(path, {"after": cursor, "limit": 1})) == newest_first[1:2]
    assert ids(alice.get(path, {"after": str(entries[0].pk), "before": str(entries[4].pk)})) == newest_first[1:4]


def test_an_id_that_is_not_in_this_log_gives_an_empty_page(api, cast, path):
    write(cast)
    with transaction.atomic():
        foreign = record("settings_update", actor=cast.alice)
    for cursor in (foreign.pk, uuid.uuid4()):
        assert ids(api(cast.alice).get(path, {"before": str(cursor)})) == []


def test_a_cursor_counts_whatever_the_list_is_narrowed_to(api, cast, path):
    kick, role = write(cast, "member_kick"), write(cast, "role_create")
    assert ids(api(cast.alice).get(path, {"before": str(role.pk), "action": "member_kick"})) == [str(kick.pk)]


def about_secret(cast, **what):
    place = {"target": ("channel", cast.secret.pk), "channel_id": cast.secret.pk}
    return write(
        cast, "channel_update", details={"name": "secret"}, before={"name": "x"}, after={"name": "secret"}, reason="r",
        **{**place, **what},
    )  # fmt: skip


def hide_secret_from_bob(cast):
    Override.objects.filter(channel=cast.secret).delete()


def test_of_a_channel_that_one_does_not_see_only_that_something_was_done_is_told(api, cast, path):
    about_secret(cast)
    [seen] = api(cast.bob).get(path).json()
    assert (seen["redacted"], seen["details"], seen["target_id"]) == (False, {"name": "secret"}, str(cast.secret.pk))

    hide_secret_from_bob(cast)

    answer = api(cast.bob).get(path)
    assert answer.json() == [{**seen, **BLANK}]
    assert b"secret" not in answer.content
    assert api(cast.alice).get(path).json() == [seen]


def test_no_filter_says_what_a_redacted_entry_is_about(api, cast, path):
    about_secret(cast)
    hide_secret_from_bob(cast)
    assert len(ids(api(cast.bob).get(path, {"action": "channel_update", "target_type": "channel"}))) == 1
    assert ids(api(cast.bob).get(path, {"target_id": str(cast.secret.pk)})) == []
    assert len(ids(api(cast.alice).get(path, {"target_id": str(cast.secret.pk)}))) == 1


def test_of_a_channel_that_is_gone_the_owner_and_who_acted_are_told(api, cast, path):
    about_secret(cast)
    delete_channel(actor=cast.bob, channel=cast.secret)
    own, other = api(cast.bob).get(path).json()
    assert (own["action"], own["redacted"], own["details"]) == ("channel_delete", False, {"name": "secret"})
    assert other == {**other, **BLANK}
    assert {entry["redacted"] for entry in api(cast.alice).get(path).json()} == {False}


def test_what_oneself_did_to_a_channel_that_one_sees_no_more_is_redacted_too(api, cast, path):
    update_channel(actor=cast.bob, channel=cast.secret, name="plans")
    assert [entry["redacted"] for entry in api(cast.bob).get(path).json()] == [False]
    hide_secret_from_bob(cast)
    assert [entry["redacted"] for entry in api(cast.bob).get(path).json()] == [True]


@pytest.mark.parametrize("there", ["before", "after", "details"])
def test_a_category_that_one_does_not_see_is_not_named_by_what_was_in_it(api, cast, path, there):
    hidden = Channel.objects.create(server=cast.server, name="Hidden", type="category", default_deny=HIDE)
    told = {"before": {"category_id": None}, "after": {"category_id": None}, "details": {"category": "Text"}}
    for category in (hidden, cast.general.parent):
        named = {**told, there: {**told[there], "category_id": str(category.pk)}}
        write(cast, "channel_update", target=("channel", cast.general.pk), channel_id=cast.general.pk, **named)
    seen, unseen = api(cast.bob).get(path).json()
    assert (seen["redacted"], seen[there]["category_id"]) == (False, str(cast.general.parent_id))
    assert unseen == {**unseen, **BLANK}
    assert {entry["redacted"] for entry in api(cast.alice).get(path).json()} == {False}


def test_a_move_out_of_a_hidden_category_names_it_to_nobody_who_does_not_see_it(api, cast, path):
    hidden = Channel.objects.create(server=cast.server, name="Hidden", type="category", default_deny=HIDE)
    Channel.objects.filter(pk=cast.general.pk).update(parent=hidden)
    update_channel(actor=cast.alice, channel=cast.general, name="open")
    update_channel(actor=cast.alice, channel=cast.general, category="Text")
    answer = api(cast.bob).get(path)
    assert [entry["redacted"] for entry in answer.json()] == [True, True]
    assert b"Hidden" not in answer.content
    assert b"Hidden" in api(cast.alice).get(path).content


@pytest.mark.parametrize("action", ["channel_reorder", "category_reorder"])
def test_how_many_channels_moved_is_told_to_those_who_see_them_all(api, cast, path, action):
    write(cast, action, details={"count": 7})
    for user in (cast.alice, cast.bob):
        assert api(user).get(path).json()[0]["details"] == {"count": 7}
    hide_secret_from_bob(cast)
    assert api(cast.bob).get(path).json()[0]["details"] == {}
    assert api(cast.alice).get(path).json()[0]["details"] == {"count": 7}


def test_the_code_of_an_invite_is_for_those_who_may_see_invites(api, cast, path):
    invite = Invite.objects.create(server=cast.server, code="abcdEFGH")
    write(cast, "invite_create", target=("invite", invite.pk), details={"code": invite.code, "max_uses": None})
    assert api(cast.bob).get(path).json()[0]["redacted"] is True
    assert b"abcdEFGH" not in api(cast.bob).get(path).content
    assert ids(api(cast.bob).get(path, {"target_id": str(invite.pk)})) == []
    cast.moderator.permissions |= Permission.CREATE_INVITES
    cast.moderator.save()
    assert api(cast.bob).get(path).json()[0]["details"]["code"] == "abcdEFGH"


def test_what_has_no_target_at_all_is_told(api, cast, path):
    write(cast, "member_ban")
    assert [entry["redacted"] for entry in api(cast.bob).get(path).json()] == [False]


@pytest.mark.parametrize("who", ["alice", "bob"])
def test_a_page_takes_the_same_number_of_queries_however_long_it_is(api, cast, path, who):
    client = api(getattr(cast, who))
    counts = []
    for more in (1, 49):
        for number in range(more):
            actor = User.objects.create(username=f"actor {more} {number}")
            about_secret(cast, actor=actor, channel_id=uuid.uuid4() if number % 2 else cast.secret.pk)
        with CaptureQueriesContext(connection) as queries:
            client.get(path, {"limit": 100})
        counts.append(len(queries))
    assert counts[0] == counts[1] <= 12
    assert AuditEntry.objects.count() == 50
