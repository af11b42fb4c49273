"""PATCH /messages/{id}: by its author, who must still be allowed to write there."""

import uuid

import pytest

from chat.actions import delete_message, edit_message, send_message
from chat.models import Message
from guilds.models import Member, Override
from guilds.permissions import Permission
from together.refusals import NotFound


@pytest.fixture
def message(cast):
    return send_message(actor=cast.charlie, channel_id=cast.general.pk, content="helo")


def test_the_author_changes_the_text_and_those_who_see_the_channel_hear_of_it(api, cast, message, told, frames):
    told(), frames()
    answer = api(cast.charlie).patch(f"/messages/{message.pk}", {"content": "hello @bob"})

    assert answer.status_code == 200
    edited = answer.json()
    assert (edited["content"], edited["mention_user_ids"]) == ("hello @bob", [str(cast.bob.pk)])
    assert edited["edited_at"] > edited["created_at"]
    assert api(cast.alice).get(f"/channels/{cast.general.pk}/messages/{message.pk}").json() == edited
    [event] = told()
    assert (event.name, event.audiences) == ("MESSAGE_UPDATE", [f"channel:{cast.general.pk}"])
    [frame] = frames()
    assert frame.d == edited
    assert "hello @bob" in frame.html


def test_the_place_in_the_channel_and_the_count_of_replies_stay(api, cast, message):
    Message.objects.create(channel=cast.general, author=cast.bob, content="reply", thread=message)
    edited = api(cast.charlie).patch(f"/messages/{message.pk}", {"content": "new"}).json()
    assert edited["thread_reply_count"] == 1
    assert Message.objects.get(pk=message.pk).created_at == message.created_at


def test_nobody_else_edits_it_not_even_the_owner(api, cast, message, told):
    told()
    for user in (cast.alice, cast.bob):
        assert api(user).patch(f"/messages/{message.pk}", {"content": "x"}).status_code == 403
    assert told() == []
    assert Message.objects.get().content == "helo"


def test_an_author_who_may_no_longer_write_cannot_edit(api, cast, message):
    Override.objects.create(channel=cast.general, user=cast.charlie, deny=Permission.SEND_MESSAGES)
    assert api(cast.charlie).patch(f"/messages/{message.pk}", {"content": "x"}).status_code == 403


def test_an_author_who_no_longer_sees_the_channel_or_left_is_told_nothing(api, cast, message):
    Override.objects.create(channel=cast.general, user=cast.charlie, deny=Permission.VIEW_CHANNEL)
    assert api(cast.charlie).patch(f"/messages/{message.pk}", {"content": "x"}).status_code == 404
    Override.objects.all().delete()
    Member.objects.filter(user=cast.charlie).delete()
    assert api(cast.charlie).patch(f"/messages/{message.pk}", {"content": "x"}).status_code == 404


@pytest.mark.parametrize(
    ("content", "status"), [("", 400), ("a" * 4001, 400), ("\x00", 400), (5, 422), (None, 422), ({}, 422)]
)
def test_bad_bodies_are_refused_before_anything_is_looked_up(api, cast, message, content, status):
    for user in (cast.charlie, cast.bob, cast.mallory):
        answer = api(user).patch(f"/messages/{message.pk}", {"content": content})
        assert (answer.status_code, set(answer.json()["fields"])) == (status, {"content"})


def test_hidden_deleted_and_unknown_messages_are_404_alike(api, cast, message):
    secret = send_message(actor=cast.bob, channel_id=cast.secret.pk, content="psst")
    delete_message(actor=cast.charlie, message=message)
    for id in (secret.pk, message.pk, uuid.uuid4()):
        answer = api(cast.charlie).patch(f"/messages/{id}", {"content": "x"})
        assert (answer.status_code, answer.json()) == (404, {"error": "There is no such thing here."})
    assert api(cast.charlie).patch("/messages/first", {"content": "x"}).status_code == 400
    assert api().patch(f"/messages/{message.pk}", {"content": "x"}).status_code == 401


def test_a_message_that_is_deleted_meanwhile_is_not_found(cast, message):
    delete_message(actor=cast.charlie, message=message)
    with pytest.raises(NotFound):
        edit_message(actor=cast.charlie, message=message, content="x")
