"""DELETE /messages/{id}: one's own, or anyone's with MANAGE_MESSAGES."""

import uuid

import pytest

from chat.actions import delete_message, restore_message, send_message
from chat.models import Message
from guilds.models import Channel, ChannelType, Override
from guilds.permissions import Permission
from together.audit.entry import AuditEntry
from together.refusals import Forbidden
from together.testing.cast import make_cast
from together.testing.threads import at_once


@pytest.fixture
def message(cast):
    return send_message(actor=cast.charlie, channel_id=cast.general.pk, content="hello")


@pytest.mark.parametrize("who", ["charlie", "bob", "alice"])
def test_who_may_deletes_it_and_those_who_see_the_channel_hear_of_it(api, cast, message, told, frames, who):
    told(), frames()
    answer = api(getattr(cast, who)).delete(f"/messages/{message.pk}")

    assert (answer.status_code, answer.content) == (204, b"")
    assert api(cast.charlie).get(f"/channels/{cast.general.pk}/messages").json() == []
    [event] = told()
    assert (event.name, event.audiences) == ("MESSAGE_DELETE", [f"channel:{cast.general.pk}"])
    [frame] = frames()
    assert frame.d == {"id": str(message.pk), "channel_id": str(cast.general.pk), "thread_id": None}


def test_only_what_somebody_else_wrote_is_written_down_and_never_the_text(api, cast, message):
    own = send_message(actor=cast.charlie, channel_id=cast.general.pk, content="oops")
    api(cast.charlie).delete(f"/messages/{own.pk}")
    assert not AuditEntry.objects.exists()
    api(cast.bob).delete(f"/messages/{message.pk}")
    entry = AuditEntry.objects.get()
    assert (entry.action, entry.actor, entry.server) == ("message_delete", cast.bob, cast.server)
    assert (entry.target_type, entry.target_id, entry.channel_id) == ("message", message.pk, cast.general.pk)
    assert entry.details == {"author_id": str(cast.charlie.pk)}
    assert (entry.before, entry.after) == ({}, {})


def test_the_row_stays(api, cast, message):
    api(cast.charlie).delete(f"/messages/{message.pk}")
    assert Message.objects.get(pk=message.pk).deleted is True


def test_a_member_without_the_permission_cannot(api, cast, told):
    message = send_message(actor=cast.alice, channel_id=cast.general.pk, content="hello")
    told()
    answer = api(cast.charlie).delete(f"/messages/{message.pk}")
    assert answer.status_code == 403
    assert "MANAGE_MESSAGES" in answer.json()["error"]
    assert told() == []


def test_the_permission_may_be_lent_in_one_channel(api, cast):
    message = send_message(actor=cast.alice, channel_id=cast.general.pk, content="hello")
    Override.objects.create(channel=cast.general, user=cast.charlie, allow=Permission.MANAGE_MESSAGES)
    assert api(cast.charlie).delete(f"/messages/{message.pk}").status_code == 204


def test_one_s_own_can_be_deleted_where_one_may_no_longer_write(api, cast, message):
    Override.objects.create(channel=cast.general, user=cast.charlie, deny=Permission.SEND_MESSAGES)
    assert api(cast.charlie).delete(f"/messages/{message.pk}").status_code == 204


def test_hidden_deleted_and_unknown_messages_are_404_alike(api, cast, message, told):
    secret = send_message(actor=cast.bob, channel_id=cast.secret.pk, content="psst")
    delete_message(actor=cast.charlie, message=message)
    told()
    for id in (secret.pk, message.pk, uuid.uuid4()):
        answer = api(cast.charlie).delete(f"/messages/{id}")
        assert (answer.status_code, answer.json()) == (404, {"error": "There is no such thing here."})
    assert api(cast.mallory).delete(f"/messages/{secret.pk}").status_code == 404
    assert api(cast.charlie).delete("/messages/first").status_code == 400
    assert api().delete(f"/messages/{message.pk}").status_code == 401
    assert told() == []


def test_a_reply_in_a_thread_says_which_thread_it_was_in(api, cast, message, told):
    reply = Message.objects.create(channel=cast.general, author=cast.charlie, content="reply", thread=message)
    told()
    api(cast.charlie).delete(f"/messages/{reply.pk}")
    assert told()[0].refs["thread_id"] == str(message.pk)


@pytest.mark.django_db(transaction=True)
def test_of_simultaneous_deletions_one_counts_and_is_told(api, told):
    cast = make_cast()
    message = send_message(actor=cast.charlie, channel_id=cast.general.pk, content="hello")
    told()
    charlie = api(cast.charlie)
    statuses = at_once(6, lambda _: charlie.delete(f"/messages/{message.pk}").status_code)
    assert sorted(statuses) == [204] + [404] * 5
    assert [event.name for event in told()] == ["MESSAGE_DELETE"]


def test_an_administrator_brings_a_message_of_a_server_back(api, cast, message, told):
    delete_message(actor=cast.charlie, message=message)
    told()
    restore_message(actor=cast.alice, message=message)
    assert len(api(cast.charlie).get(f"/channels/{cast.general.pk}/messages").json()) == 1
    assert [event.name for event in told()] == ["MESSAGE_CREATE"]
    restore_message(actor=cast.alice, message=message)
    assert told() == []


def test_others_do_not_and_nobody_does_so_in_a_conversation(cast, message):
    talk = Channel.objects.create(type=ChannelType.DM)
    private = Message.objects.create(channel=talk, author=cast.bob, content="psst", deleted=True)
    for actor, what in ((cast.bob, message), (cast.alice, private)):
        with pytest.raises(Forbidden):
            restore_message(actor=actor, message=what)
