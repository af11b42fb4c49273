"""POST /channels/{id}/messages."""

import uuid

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from chat.actions import send_message
from chat.models import Message
from guilds.models import Channel, ChannelType, Override, Server
from guilds.permissions import Permission
from together.events import drain
from together.events.log import EventRecord
from together.testing.cast import make_cast
from together.testing.threads import at_once


@pytest.fixture
def path(cast):
    return f"/channels/{cast.general.pk}/messages"


def test_a_message_is_stored_answered_with_the_documented_shape_and_told_to_those_who_see_the_channel(
    api, cast, path, told, frames
):
    answer = api(cast.charlie).post(path, {"content": "Hello, all"})

    assert answer.status_code == 201
    sent = answer.json()
    assert sent == {
        "id": sent["id"],
        "channel_id": str(cast.general.pk),
        "author_id": str(cast.charlie.pk),
        "author": {"id": str(cast.charlie.pk), "username": "charlie", "avatar_url": None},
        "content": "Hello, all",
        "reply_to": None,
        "mention_user_ids": [],
        "mention_everyone": False,
        "thread_id": None,
        "thread_reply_count": 0,
        "nonce": None,
        "edited_at": None,
        "deleted": False,
        "created_at": sent["created_at"],
        "pinned": False,
        "pinned_by": None,
        "pinned_at": None,
        "poll": None,
        "event": None,
    }
    assert api(cast.alice).get(f"{path}/{sent['id']}").json() == sent
    [event] = told()
    assert (event.name, event.audiences) == ("MESSAGE_CREATE", [f"channel:{cast.general.pk}"])
    [frame] = frames()
    assert frame.d == sent
    assert "Hello, all" in frame.html


@pytest.mark.parametrize("content", ["a", "  not trimmed \n", " ", "\u200b", "🙂" * 4000, "a\u202eb", "𝔘\x01"])
def test_any_text_of_up_to_4000_characters_is_kept_as_it_is(api, cast, path, content):
    answer = api(cast.charlie).post(path, {"content": content})
    assert (answer.status_code, answer.json()["content"]) == (201, content)


@pytest.mark.parametrize(
    ("body", "status", "field"),
    [
        ({"content": ""}, 400, "content"),
        ({"content": "a" * 4001}, 400, "content"),
        ({"content": "a\x00b"}, 400, "content"),
        ({"content": "a", "nonce": ""}, 400, "nonce"),
        ({"content": "a", "nonce": "n" * 65}, 400, "nonce"),
        ({}, 422, "content"),
        ({"content": None}, 422, "content"),
        ({"content": 5}, 422, "content"),
        ({"content": ["a"]}, 422, "content"),
        ({"content": "a", "reply_to": "nonsense"}, 422, "reply_to"),
        ({"content": "a", "reply_to": 5}, 422, "reply_to"),
        ({"content": "a", "nonce": 5}, 422, "nonce"),
    ],
)
def test_bad_bodies_are_refused_before_anything_is_looked_up(api, cast, path, body, status, field):
    for user in (cast.charlie, cast.mallory):
        answer = api(user).post(path, body)
        assert (answer.status_code, set(answer.json()["fields"])) == (status, {field})
    assert not Message.objects.exists()


def test_half_a_character_is_refused(api, cast, path):
    assert api(cast.charlie).post(path, '{"content": "\\ud83d"}').status_code == 400
    assert api(cast.charlie).post(path, '{"content": "\\ud83d\\ude42"}').json()["content"] == "🙂"


def test_extra_keys_change_nothing(api, cast, path):
    body = {"content": "a", "author_id": str(cast.alice.pk), "id": str(uuid.uuid4()), "deleted": True, "pinned": True}
    sent = api(cast.charlie).post(path, body).json()
    assert (sent["author_id"], sent["deleted"], sent["pinned"]) == (str(cast.charlie.pk), False, False)
    assert sent["id"] != body["id"]


def test_strangers_and_those_who_do_not_see_the_channel_are_told_nothing(api, cast, path, told):
    body = {"content": "hello"}
    unknown = api(cast.charlie).post(f"/channels/{uuid.uuid4()}/messages", body)
    for user, channel in ((cast.mallory, cast.general), (cast.charlie, cast.secret)):
        hidden = api(user).post(f"/channels/{channel.pk}/messages", body)
        assert (hidden.status_code, hidden.json()) == (404, unknown.json())
    assert api().post(path, body).status_code == 401
    assert api(cast.charlie).post("/channels/general/messages", body).status_code == 400
    assert told() == []
    assert api(cast.bob).post(f"/channels/{cast.secret.pk}/messages", body).status_code == 201


def test_who_sees_but_may_not_write_is_refused_with_the_name_of_the_permission(api, cast, path, told):
    Override.objects.create(channel=cast.general, user=cast.charlie, deny=Permission.SEND_MESSAGES)
    answer = api(cast.charlie).post(path, {"content": "hello"})
    assert answer.status_code == 403
    assert "permission SEND_MESSAGES" in answer.json()["error"]
    assert told() == []
    assert api(cast.bob).post(path, {"content": "hello"}).status_code == 201


def test_a_read_only_channel_is_one_switch(api, cast, path):
    Channel.objects.filter(pk=cast.general.pk).update(default_deny=Permission.SEND_MESSAGES)
    assert api(cast.charlie).post(path, {"content": "hello"}).status_code == 403
    assert api(cast.alice).post(path, {"content": "hello"}).status_code == 201


def test_one_can_write_in_a_voice_channel_but_not_in_a_category(api, cast):
    lobby = Channel.objects.create(server=cast.server, name="Lobby", type=ChannelType.VOICE)
    assert api(cast.charlie).post(f"/channels/{lobby.pk}/messages", {"content": "a"}).status_code == 201
    category = f"/channels/{cast.general.parent_id}/messages"
    assert api(cast.alice).post(category, {"content": "a"}).status_code == 404


def test_a_reply_names_a_message_of_the_same_channel(api, cast, path):
    first = api(cast.bob).post(path, {"content": "question"}).json()
    answer = api(cast.charlie).post(path, {"content": "answer", "reply_to": first["id"]})
    assert (answer.status_code, answer.json()["reply_to"]) == (201, first["id"])
    assert api(cast.charlie).post(path, {"content": "a", "reply_to": None}).json()["reply_to"] is None


def test_a_reply_to_anything_else_is_404(api, cast, path, told):
    secret = send_message(actor=cast.bob, channel_id=cast.secret.pk, content="psst")
    deleted = send_message(actor=cast.bob, channel_id=cast.general.pk, content="gone")
    api(cast.bob).delete(f"/messages/{deleted.pk}")
    told()
    for id in (secret.pk, deleted.pk, uuid.uuid4()):
        answer = api(cast.charlie).post(path, {"content": "a", "reply_to": str(id)})
        assert (answer.status_code, set(answer.json())) == (404, {"error"})
    assert told() == []


def test_a_message_into_a_server_that_is_deleted_meanwhile_is_404(api, cast, path):
    Server.objects.update(deleted_at="2026-01-01T00:00Z")
    assert api(cast.charlie).post(path, {"content": "a"}).status_code == 404


@pytest.mark.parametrize("count", [1, 50])
def test_sending_costs_the_same_however_full_the_channel(api, cast, path, count):
    for _ in range(count):
        send_message(actor=cast.bob, channel_id=cast.general.pk, content="a")
    charlie = api(cast.charlie)
    with CaptureQueriesContext(connection) as queries:
        assert charlie.post(path, {"content": "a"}).status_code == 201
    assert len(queries) == SENDING


# Who asks 1, the turn with what they may do in the channel 1, the message with what they have read and the event 1,
# a savepoint 2.
SENDING = 5


@pytest.mark.django_db(transaction=True)
def test_messages_of_one_channel_are_in_the_order_of_their_commits(api):
    cast = make_cast()
    people = [api(user) for user in (cast.alice, cast.bob, cast.charlie)]
    path = f"/channels/{cast.general.pk}/messages"

    def send(number):
        return [
            people[(number + turn) % 3].post(path, {"content": f"{number}.{turn}"}).status_code for turn in range(5)
        ]

    assert {status for statuses in at_once(8, send) for status in statuses} == {201}

    drain()
    by_event = [event.refs["message"] for event in EventRecord.objects.order_by("number")]
    by_history = [str(id) for id in Message.objects.order_by("created_at", "id").values_list("pk", flat=True)]
    assert by_event == by_history
    assert len(set(Message.objects.values_list("created_at", flat=True))) == 40


def test_a_clock_that_goes_back_does_not_change_the_order(cast):
    first = send_message(actor=cast.bob, channel_id=cast.general.pk, content="first")
    Message.objects.filter(pk=first.pk).update(created_at="2100-01-01T00:00Z")
    second = send_message(actor=cast.bob, channel_id=cast.general.pk, content="second")
    first.refresh_from_db()
    assert second.created_at > first.created_at
