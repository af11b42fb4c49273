"""Slow mode: in some channels people wait between posts; edits take a turn, too."""

from datetime import timedelta

import pytest
from django.utils import timezone

from chat import slow_mode
from chat.actions import edit_message, send_message
from chat.models import LastPost, Message
from guilds.models import Channel, Override
from guilds.permissions import Permission
from together.refusals import TooMany
from together.testing.cast import make_cast
from together.testing.threads import at_once

HOUR = 3600


@pytest.fixture
def path(cast):
    Channel.objects.filter(pk=cast.general.pk).update(slow_mode=HOUR)
    cast.general.refresh_from_db()
    return f"/channels/{cast.general.pk}/messages"


def let_pass(seconds=HOUR):
    for last in LastPost.objects.all():
        LastPost.objects.filter(pk=last.pk).update(posted_at=last.posted_at - timedelta(seconds=seconds))


def test_after_one_post_the_next_has_to_wait_and_says_how_long(api, cast, path, told):
    charlie = api(cast.charlie)
    assert charlie.post(path, {"content": "a"}).status_code == 201
    told()

    answer = charlie.post(path, {"content": "b"})
    assert answer.status_code == 429
    assert HOUR - 60 < int(answer["Retry-After"]) <= HOUR
    assert told() == []
    assert Message.objects.count() == 1

    let_pass()
    assert charlie.post(path, {"content": "b"}).status_code == 201
    assert charlie.post(path, {"content": "c"}).status_code == 429


def test_others_and_other_channels_do_not_wait(api, cast, path):
    Override.objects.create(channel=cast.general, user=cast.mallory, allow=0)
    other = Channel.objects.create(server=cast.server, name="other", slow_mode=HOUR)
    open_to_all = Channel.objects.create(server=cast.server, name="open")
    cast.server.members.create(user=cast.mallory)
    for user in (cast.charlie, cast.mallory):
        for channel in (cast.general, other, open_to_all, open_to_all):
            assert api(user).post(f"/channels/{channel.pk}/messages", {"content": "a"}).status_code == 201
    assert LastPost.objects.count() == 4


def test_an_edit_takes_a_turn_and_waits_for_one(api, cast, path):
    charlie = api(cast.charlie)
    message = f"/messages/{charlie.post(path, {'content': 'a'}).json()['id']}"
    assert charlie.patch(message, {"content": "b"}).status_code == 429
    let_pass()
    assert charlie.patch(message, {"content": "b"}).status_code == 200
    assert charlie.post(path, {"content": "c"}).status_code == 429
    assert charlie.patch(message, {"content": "d"}).status_code == 429
    assert charlie.delete(message).status_code == 204
    assert Message.objects.get().content == "b"


@pytest.mark.parametrize("flag", [Permission.MANAGE_MESSAGES, Permission.MANAGE_CHANNELS])
def test_who_manages_messages_or_the_channel_does_not_wait(api, cast, path, flag):
    override = Override.objects.create(channel=cast.general, user=cast.charlie, allow=flag)
    charlie = api(cast.charlie)
    message = f"/messages/{charlie.post(path, {'content': 'a'}).json()['id']}"
    assert charlie.post(path, {"content": "b"}).status_code == 201
    assert charlie.patch(message, {"content": "c"}).status_code == 200
    assert not LastPost.objects.exists()
    for user in (cast.alice, cast.bob):
        assert [api(user).post(path, {"content": "a"}).status_code for _ in range(2)] == [201, 201]
    override.delete()
    assert [charlie.post(path, {"content": "a"}).status_code for _ in range(2)] == [201, 429]


def test_the_same_nonce_again_is_answered_and_not_asked_to_wait(api, cast, path):
    charlie, body = api(cast.charlie), {"content": "a", "nonce": "n"}
    first, again = charlie.post(path, body), charlie.post(path, body)
    assert (first.status_code, again.status_code) == (201, 201)
    assert first.json()["id"] == again.json()["id"]
    assert charlie.post(path, {**body, "nonce": "m"}).status_code == 429


def test_what_is_refused_takes_no_turn(api, cast, path):
    charlie = api(cast.charlie)
    unknown = {"content": "a", "reply_to": str(cast.server.pk)}
    assert charlie.post(path, unknown).status_code == 404
    assert charlie.post(path, {"content": ""}).status_code == 400
    theirs = send_message(actor=cast.bob, channel_id=cast.general.pk, content="b")
    assert charlie.patch(f"/messages/{theirs.pk}", {"content": "c"}).status_code == 403
    assert not LastPost.objects.exists()
    assert charlie.post(path, {"content": "a"}).status_code == 201


def test_leaving_and_coming_back_does_not_help(api, cast, path):
    cast.server.__class__.objects.update(is_public=True)
    charlie = api(cast.charlie)
    charlie.post(path, {"content": "a"})
    charlie.delete(f"/servers/{cast.server.pk}/leave")
    charlie.post(f"/servers/{cast.server.pk}/join")
    assert charlie.post(path, {"content": "b"}).status_code == 429


def test_a_shorter_slow_mode_counts_at_once_and_none_ends_it(api, cast, path):
    charlie = api(cast.charlie)
    charlie.post(path, {"content": "a"})
    let_pass(60)
    assert charlie.post(path, {"content": "b"}).status_code == 429
    Channel.objects.filter(pk=cast.general.pk).update(slow_mode=30)
    assert [charlie.post(path, {"content": "b"}).status_code for _ in range(2)] == [201, 429]
    Channel.objects.filter(pk=cast.general.pk).update(slow_mode=0)
    assert [charlie.post(path, {"content": "b"}).status_code for _ in range(2)] == [201, 201]


def test_old_turns_are_forgotten(cast):
    now = timezone.now()
    for user, age in ((cast.alice, slow_mode.MAX_SECONDS + 60), (cast.bob, slow_mode.MAX_SECONDS - 60)):
        LastPost.objects.create(channel=cast.general, user=user, posted_at=now - timedelta(seconds=age))
    assert slow_mode.forget() == 1
    assert LastPost.objects.get().user == cast.bob


@pytest.mark.django_db(transaction=True)
def test_of_simultaneous_posts_and_edits_one_gets_the_turn():
    cast = make_cast()
    message = send_message(actor=cast.charlie, channel_id=cast.general.pk, content="a")
    Channel.objects.filter(pk=cast.general.pk).update(slow_mode=HOUR)
    cast.general.refresh_from_db()
    message.channel = cast.general

    def act(number):
        try:
            if number % 2:
                edit_message(actor=cast.charlie, message=message, content="b")
            else:
                send_message(actor=cast.charlie, channel_id=cast.general.pk, content="b")
        except TooMany:
            return False
        return True

    assert at_once(8, act).count(True) == 1
    assert Message.objects.filter(content="b").count() == 1
