"""GET /users/@me/audit-logs: what was done to oneself, wherever it was, and never by whom."""

import uuid

import pytest
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext

from accounts.actions import demote, promote
from guilds.actions import ban_user, kick_member, unban_user
from guilds.models import Member, Server
from together.audit import record
from together.audit.entry import AuditEntry

PATH = "/users/@me/audit-logs"
KEYS = {"id", "server_id", "server_name", "action", "details", "reason", "created_at"}


def write(action, actor, server, user, **what):
    with transaction.atomic():
        return record(action, actor=actor, server=server, target=("user", user.pk), **what)


def actions_on(api, user):
    answer = api(user).get(PATH)
    assert answer.status_code == 200
    return [entry["action"] for entry in answer.json()]


def test_what_was_done_to_oneself_is_told_without_who_did_it(api, cast):
    write("member_timeout", cast.bob, cast.server, cast.charlie, details={"duration_minutes": 5}, reason="spam")
    write("member_timeout", cast.bob, cast.server, cast.alice)
    write("role_create", cast.bob, cast.server, cast.charlie)
    AuditEntry.objects.filter(action="role_create").update(target_type="role")

    [entry] = api(cast.charlie).get(PATH).json()

    assert set(entry) == KEYS
    assert entry == {
        **entry,
        "server_id": str(cast.server.pk),
        "server_name": "Gaming Squad",
        "action": "member_timeout",
        "details": {"duration_minutes": 5},
        "reason": "spam",
    }
    assert str(cast.bob.pk) not in str(entry)
    assert "bob" not in str(entry)


def test_nobody_reads_that_of_others(api, cast):
    write("member_timeout", cast.bob, cast.server, cast.charlie)
    assert api(cast.bob).get(PATH).json() == api(cast.mallory).get(PATH).json() == []
    assert api().get(PATH).status_code == 401


def test_who_was_removed_still_reads_it_under_the_name_that_they_knew(api, cast):
    kick_member(actor=cast.alice, server=cast.server, user=cast.charlie, reason="no more")
    ban_user(actor=cast.alice, server=cast.server, user=cast.charlie)
    Server.objects.update(name="Renamed since")
    assert not Member.objects.filter(user=cast.charlie).exists()
    assert actions_on(api, cast.charlie) == ["member_ban", "member_kick"]
    assert {entry["server_name"] for entry in api(cast.charlie).get(PATH).json()} == {"Gaming Squad"}


def test_who_was_banned_as_a_member_reads_it_even_if_nothing_else_was_done_to_them(api, cast):
    ban_user(actor=cast.alice, server=cast.server, user=cast.charlie, reason="enough")
    unban_user(actor=cast.alice, server=cast.server, user_id=cast.charlie.pk)
    assert actions_on(api, cast.charlie) == ["member_unban", "member_ban"]


def test_a_stranger_does_not_learn_of_a_server_that_banned_them(api, cast):
    ban_user(actor=cast.alice, server=cast.server, user=cast.mallory)
    unban_user(actor=cast.alice, server=cast.server, user_id=cast.mallory.pk)
    assert actions_on(api, cast.mallory) == []
    Member.objects.create(server=cast.server, user=cast.mallory)
    assert actions_on(api, cast.mallory) == ["member_unban", "member_ban"]


def test_it_stays_when_the_server_is_gone(api, cast):
    kick_member(actor=cast.alice, server=cast.server, user=cast.charlie)
    Server.objects.filter(pk=cast.server.pk).delete()
    [entry] = api(cast.charlie).get(PATH).json()
    assert (entry["server_id"], entry["server_name"]) == (None, "Gaming Squad")


def test_acts_of_administrators_of_the_instance_are_in_no_server(api, cast):
    promote(actor=cast.alice, user=cast.charlie)
    demote(actor=cast.alice, user=cast.charlie)
    assert actions_on(api, cast.charlie) == ["user_demote", "user_promote"]
    [newest, _oldest] = api(cast.charlie).get(PATH).json()
    assert (newest["server_id"], newest["server_name"]) == (None, None)


def test_nothing_is_told_of_a_channel_that_one_does_not_see(api, cast):
    for channel in (cast.general, cast.secret):
        write(
            "act", cast.bob, cast.server, cast.charlie, channel_id=channel.pk, details={"of": channel.name}, reason="r"
        )
    hidden, shown = api(cast.charlie).get(PATH).json()
    assert (shown["details"], shown["reason"]) == ({"of": "general"}, "r")
    assert (hidden["details"], hidden["reason"]) == ({}, None)


def test_it_is_paged_like_the_log_of_a_server(api, cast):
    entries = [str(write("member_update", cast.bob, cast.server, cast.charlie).pk) for _number in range(7)]
    found, query = [], {"limit": 3}
    charlie = api(cast.charlie)
    while page := charlie.get(PATH, query).json():
        found += [entry["id"] for entry in page]
        query["before"] = page[-1]["created_at"]
    assert found == entries[::-1]
    assert [entry["id"] for entry in charlie.get(PATH, {"after": entries[5]}).json()] == [entries[6]]
    for wrong in ({"limit": 0}, {"before": "x"}):
        assert charlie.get(PATH, wrong).status_code == 400


def test_by_id_no_entry_is_lost_even_where_two_servers_share_a_moment(api, cast):
    other = Server.objects.create(name="Other", owner=cast.alice)
    for server in (cast.server, other, None):
        write("member_update", cast.bob, server, cast.charlie)
    AuditEntry.objects.update(created_at="2026-01-05T09:04:00.123456Z")
    found, query = [], {"limit": 1}
    while page := api(cast.charlie).get(PATH, query).json():
        found += [entry["id"] for entry in page]
        query["before"] = page[0]["id"]
    assert len(found) == len(set(found)) == 3


@pytest.mark.parametrize("by", ["cursor", "start"])
def test_it_takes_the_same_number_of_queries_however_long_it_is(api, cast, by):
    charlie = api(cast.charlie)
    counts = []
    for more in (1, 49):
        for _number in range(more):
            entry = write("member_update", cast.bob, cast.server, cast.charlie, channel_id=uuid.uuid4())
        query = {"before": str(entry.pk)} if by == "cursor" else {}
        with CaptureQueriesContext(connection) as queries:
            charlie.get(PATH, query)
        counts.append(len(queries))
    assert counts[0] == counts[1] <= 7
