"""POST /channels/{id}/messages/purge: many at once, by those with MANAGE_MESSAGES."""

import uuid

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from chat.actions import delete_message, purge_messages, send_message
from chat.models import MAX_PURGED, Message
from guilds.models import Override
from guilds.permissions import Permission
from together.audit.entry import AuditEntry
from together.refusals import NotFound
from together.testing.cast import make_cast
from together.testing.threads import at_once


@pytest.fixture
def path(cast):
    return f"/channels/{cast.general.pk}/messages/purge"


@pytest.fixture
def messages(cast, path):
    """Five, by turns of charlie and alice, the oldest first."""
    authors = [cast.charlie, cast.alice, cast.charlie, cast.alice, cast.charlie]
    return [send_message(actor=who, channel_id=cast.general.pk, content=str(n)) for n, who in enumerate(authors)]


def left(cast):
    return sorted(Message.objects.filter(channel=cast.general, deleted=False).values_list("content", flat=True))


@pytest.mark.parametrize("who", ["alice", "bob"])
def test_who_may_takes_all_away_and_each_is_told_of(api, cast, path, messages, told, frames, who):
    told(), frames()
    answer = api(getattr(cast, who)).post(path, {})
    assert (answer.status_code, answer.json()) == (200, {"deleted": 5})
    assert api(cast.charlie).get(f"/channels/{cast.general.pk}/messages").json() == []
    events = told()
    assert {(event.name, *event.audiences) for event in events} == {("MESSAGE_DELETE", f"channel:{cast.general.pk}")}
    assert [event.refs["id"] for event in events] == [str(message.pk) for message in reversed(messages)]
    assert frames()[0].d == {"id": str(messages[4].pk), "channel_id": str(cast.general.pk), "thread_id": None}
    assert Message.objects.filter(deleted=True).count() == 5


@pytest.mark.parametrize(
    ("wanted", "remain"),
    [
        ({"limit": 2}, "012"),
        ({"user": "charlie"}, "13"),
        ({"user": "charlie", "limit": 1}, "0123"),
        ({"before": 2}, "234"),
        ({"after": 2}, "012"),
        ({"after": 0, "before": 4}, "04"),
        ({"after": 0, "before": 4, "user": "alice"}, "024"),
        ({"user": "mallory"}, "01234"),
    ],
)
def test_what_goes_can_be_narrowed(api, cast, path, messages, wanted, remain):
    body = {name: str(messages[value].pk) if name in {"before", "after"} else value for name, value in wanted.items()}
    if "user" in body:
        body["user_id"] = str(getattr(cast, body.pop("user")).pk)
    assert api(cast.bob).post(path, body).json() == {"deleted": 5 - len(remain)}
    assert "".join(left(cast)) == remain


def test_other_channels_and_what_is_deleted_already_are_left_alone(api, cast, path, messages, told):
    secret = send_message(actor=cast.bob, channel_id=cast.secret.pk, content="psst")
    delete_message(actor=cast.charlie, message=messages[0])
    told()
    assert api(cast.bob).post(path, {"limit": 500}).json() == {"deleted": 4}
    assert len(told()) == 4
    secret.refresh_from_db()
    assert not secret.deleted


def test_it_is_written_down_without_the_texts(api, cast, path, messages):
    api(cast.bob).post(path, {"user_id": str(cast.charlie.pk), "reason": "Spam"})
    entry = AuditEntry.objects.get()
    assert (entry.action, entry.actor, entry.server) == ("message_purge", cast.bob, cast.server)
    assert (entry.target_type, entry.target_id, entry.channel_id) == ("channel", cast.general.pk, cast.general.pk)
    assert entry.details == {"deleted": 3, "user_id": str(cast.charlie.pk)}
    assert entry.reason == "Spam"


def test_where_there_is_nothing_nothing_happens(api, cast, path, told):
    assert api(cast.bob).post(path, {}).json() == {"deleted": 0}
    assert told() == []
    assert not AuditEntry.objects.exists()


def test_a_place_that_is_not_in_the_channel_is_not_found_and_a_deleted_one_still_counts(api, cast, path, messages):
    secret = send_message(actor=cast.bob, channel_id=cast.secret.pk, content="psst")
    for place in (secret.pk, uuid.uuid4()):
        for name in ("before", "after"):
            assert api(cast.bob).post(path, {name: str(place)}).status_code == 404
    assert len(left(cast)) == 5
    delete_message(actor=cast.charlie, message=messages[2])
    assert api(cast.bob).post(path, {"after": str(messages[2].pk)}).json() == {"deleted": 2}


def test_others_may_not_and_strangers_are_told_nothing(api, cast, path, messages, told):
    told()
    answer = api(cast.charlie).post(path, {"user_id": str(cast.charlie.pk)})
    assert answer.status_code == 403
    assert "MANAGE_MESSAGES" in answer.json()["error"]
    unknown = api(cast.charlie).post(f"/channels/{uuid.uuid4()}/messages/purge", {})
    assert api(cast.charlie).post(f"/channels/{cast.secret.pk}/messages/purge", {}).json() == unknown.json()
    assert api(cast.mallory).post(path, {}).status_code == unknown.status_code == 404
    assert api().post(path, {}).status_code == 401
    assert told() == []
    Override.objects.create(channel=cast.general, user=cast.charlie, allow=Permission.MANAGE_MESSAGES)
    assert api(cast.charlie).post(path, {}).status_code == 200


@pytest.mark.parametrize(
    ("body", "status"),
    [
        ("{", 400),
        ([], 422),
        ({"limit": 0}, 400),
        ({"limit": 501}, 400),
        ({"limit": "5"}, 422),
        ({"user_id": "charlie"}, 422),
        ({"before": 5}, 422),
        ({"author": str(uuid.uuid4())}, 422),
        ({"reason": "x" * 513}, 400),
    ],
)
def test_bad_bodies_are_refused_before_anything_is_looked_up(api, cast, path, messages, body, status):
    for user in (cast.bob, cast.charlie, cast.mallory):
        assert api(user).post(path, body).status_code == status
    assert len(left(cast)) == 5


def test_the_most_that_can_be_asked_for_goes_in_few_statements(cast, path, told):
    rows = [Message(channel=cast.general, author=cast.charlie, content="a") for _ in range(MAX_PURGED + 1)]
    Message.objects.bulk_create(rows)
    with CaptureQueriesContext(connection) as queries:
        assert purge_messages(actor=cast.bob, channel=cast.general, limit=MAX_PURGED) == MAX_PURGED
    assert len(queries) < 20
    assert len(told()) == MAX_PURGED
    assert len(left(cast)) == 1


def test_in_a_server_that_is_deleted_meanwhile_nothing_is_found(cast, path, messages):
    cast.server.__class__.objects.update(deleted_at="2026-01-01T00:00Z")
    with pytest.raises(NotFound):
        purge_messages(actor=cast.bob, channel=cast.general)


@pytest.mark.django_db(transaction=True)
def test_purges_and_deletions_at_once_tell_of_each_message_once(api, told):
    cast = make_cast()
    messages = [send_message(actor=cast.charlie, channel_id=cast.general.pk, content="a") for _ in range(20)]
    told()
    alice, bob, charlie = api(cast.alice), api(cast.bob), api(cast.charlie)

    def act(number):
        if number < 4:
            user = alice if number % 2 else bob
            return user.post(f"/channels/{cast.general.pk}/messages/purge", {"limit": 15}).status_code
        return charlie.delete(f"/messages/{messages[number].pk}").status_code

    assert set(at_once(8, act)) <= {200, 204, 404}
    ids = [event.refs["id"] for event in told()]
    assert sorted(ids) == sorted(str(message.pk) for message in messages)
