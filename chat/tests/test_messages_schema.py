"""What the database itself says about messages, reactions and attachments."""

import uuid
from datetime import timedelta

import pytest
from django.db import IntegrityError, connection, transaction
from django.utils import timezone

from accounts.models import User
from chat.models import Attachment, Message, Reaction
from guilds.models import Channel, Server

pytestmark = pytest.mark.django_db

MEBIBYTE = 1024 * 1024


@pytest.fixture
def alice(db):
    return User.objects.create(username="alice")


@pytest.fixture
def channel(alice):
    return Channel.objects.create(server=Server.objects.create(name="Gaming Squad", owner=alice), name="general")


@pytest.fixture
def message(alice, channel):
    return Message.objects.create(channel=channel, author=alice, content="hello")


def add(model, **fields):
    with transaction.atomic():
        return model.objects.create(**fields)


def attach(**fields):
    return add(Attachment, **{"filename": "a.png", "file_size": 1, "mime_type": "image/png", "url": "/a", **fields})


def test_a_message_in_a_channel_that_does_not_exist_is_refused(alice, channel):
    Message.objects.create(channel=channel, author=alice, content="found")
    connection.check_constraints()
    lost = Message.objects.create(channel_id=uuid.uuid4(), author=alice, content="lost")
    with pytest.raises(IntegrityError, match="foreign key"), transaction.atomic():
        connection.check_constraints()
    lost.delete()


def test_ids_are_ordered_by_time(alice, channel):
    ids = [Message.objects.create(channel=channel, author=alice, content="x").pk for _ in range(20)]
    assert ids == sorted(ids)
    assert {id.version for id in ids} == {7}


def test_a_nonce_is_used_once_by_one_author_and_messages_without_one_are_many(alice, channel):
    bob = User.objects.create(username="bob")
    add(Message, channel=channel, author=alice, nonce="n")
    with pytest.raises(IntegrityError, match="idx_messages_author_nonce"):
        add(Message, channel=channel, author=alice, nonce="n")
    add(Message, channel=channel, author=bob, nonce="n")
    for _ in range(2):
        add(Message, channel=channel, author=alice, nonce=None)


def test_two_authors_who_are_gone_may_have_used_the_same_nonce(alice, channel):
    bob = User.objects.create(username="bob")
    charlie = User.objects.create(username="charlie")
    for author in (bob, charlie):
        add(Message, channel=channel, author=author, nonce="n")
        author.delete()
    assert Message.objects.filter(author=None, nonce="n").count() == 2


def test_a_person_reacts_with_an_emoji_once(alice, message):
    add(Reaction, message=message, user=alice, emoji="👍")
    with pytest.raises(IntegrityError, match="idx_reactions_message_user_emoji"):
        add(Reaction, message=message, user=alice, emoji="👍")
    add(Reaction, message=message, user=alice, emoji="🎉")


def test_a_file_has_between_one_byte_and_fifty_mebibytes(message):
    for size in (0, -1, 50 * MEBIBYTE + 1):
        with pytest.raises(IntegrityError, match="attachments_file_size_valid"):
            attach(message=message, file_size=size)
    for size in (1, 50 * MEBIBYTE):
        attach(message=message, file_size=size)


def test_an_upload_waits_without_a_message(alice):
    assert attach(uploader=alice, message=None).message is None


def test_a_reply_stays_when_what_it_answers_goes_and_a_thread_goes_with_its_root(alice, channel, message):
    reply = add(Message, channel=channel, author=alice, reply_to=message)
    within = add(Message, channel=channel, author=alice, thread=message)
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM messages WHERE id = %s", [message.pk])
    reply.refresh_from_db()
    assert reply.reply_to is None
    assert not Message.objects.filter(pk=within.pk).exists()


def test_history_shows_neither_deleted_messages_nor_replies_in_threads(alice, channel, message):
    add(Message, channel=channel, author=alice, deleted=True)
    add(Message, channel=channel, author=alice, thread=message)
    newer = add(Message, channel=channel, author=alice)
    assert list(Message.objects.filter(channel=channel).history()) == [newer, message]


def test_messages_of_the_same_instant_are_neither_skipped_nor_repeated(alice, channel):
    now = timezone.now()
    for late in (0, 0, 0, 1, 1):
        add(Message, channel=channel, author=alice, created_at=now + timedelta(microseconds=late))
    history = Message.objects.filter(channel=channel).history()
    everything = list(history)
    for place, message in enumerate(everything):
        assert list(history.older_than(message)) == everything[place + 1 :]
        assert list(history.newer_than(message)) == everything[:place]
