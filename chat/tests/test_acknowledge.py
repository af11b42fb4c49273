"""POST /channels/{id}/ack, and what is unread afterwards."""

import uuid
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from django.db import connection
from django.utils import timezone

from chat import read_states
from chat.access import find_channel
from chat.actions import acknowledge, delete_message, edit_message, send_message
from chat.models import Message, ReadState
from chat.read_states import Unread, first_unread, unread
from guilds.actions import ban_user, join_server, leave_server
from guilds.models import Channel, Member, Override
from guilds.permissions import Permission
from together.refusals import NotFound
from together.testing.cast import make_cast
from together.testing.pages import SCRIPT, browse, text_of


def say(actor, channel, text="hello", **more):
    return send_message(actor=actor, channel_id=channel.pk, content=text, **more)


def news(user, *channels):
    """What is new to somebody, by channel."""
    found = unread(user.pk, [channel.pk for channel in channels])
    return [(one.messages, one.mentions) for one in (found.get(channel.pk, Unread()) for channel in channels)]


@pytest.fixture
def ack(api, cast):
    return lambda user, body=None, channel=cast.general: api(user).post(f"/channels/{channel.pk}/ack", body)


def test_a_channel_is_read_up_to_its_newest_message(ack, cast):
    for number in range(3):
        say(cast.bob, cast.general, str(number))
    assert news(cast.charlie, cast.general) == [(3, 0)]
    answer = ack(cast.charlie)
    assert (answer.status_code, answer.content) == (204, b"")
    assert news(cast.charlie, cast.general) == [(0, 0)]
    assert ack(cast.charlie).status_code == 204
    say(cast.bob, cast.general, "@charlie?")
    assert news(cast.charlie, cast.general) == [(1, 1)]


def test_a_request_without_a_body_is_good(api, cast):
    say(cast.bob, cast.general)
    client = api(cast.charlie)
    answer = client.client.post(
        f"/api/channels/{cast.general.pk}/ack", b"", content_type="text/plain", headers=client.headers
    )
    assert answer.status_code == 204
    assert news(cast.charlie, cast.general) == [(0, 0)]


def test_a_channel_is_read_up_to_a_message_and_never_back(ack, cast):
    first, second, third = (say(cast.bob, cast.general, text) for text in ("1", "2", "3 @everyone @charlie"))
    assert ack(cast.charlie, {"message_id": str(second.pk)}).status_code == 204
    assert news(cast.charlie, cast.general) == [(1, 1)]
    assert ack(cast.charlie, {"message_id": str(first.pk)}).status_code == 204
    assert news(cast.charlie, cast.general) == [(1, 1)]
    assert ack(cast.charlie, {"message_id": str(third.pk)}).status_code == 204
    assert news(cast.charlie, cast.general) == [(0, 0)]


def test_what_one_does_not_see_cannot_be_read(ack, cast):
    hidden = say(cast.alice, cast.secret)
    seen = say(cast.alice, cast.general)
    assert ack(cast.charlie, channel=cast.secret).status_code == 404
    assert ack(cast.mallory).status_code == 404
    assert ack(None).status_code == 401
    for id in (hidden.pk, uuid.uuid4()):
        assert ack(cast.charlie, {"message_id": str(id)}).status_code == 404
    assert ack(cast.charlie, {"message_id": "no id"}).status_code == 422
    assert ack(cast.bob, channel=cast.secret).status_code == 204
    assert ack(cast.charlie, {"message_id": str(seen.pk)}).status_code == 204


def test_an_empty_channel_can_be_read_and_so_can_what_was_deleted(ack, cast):
    assert ack(cast.charlie).status_code == 204
    gone = say(cast.bob, cast.general)
    say(cast.bob, cast.general)
    delete_message(actor=cast.bob, message=gone)
    assert ack(cast.charlie, {"message_id": str(gone.pk)}).status_code == 204
    assert news(cast.charlie, cast.general) == [(1, 0)]


def test_only_living_messages_of_others_in_the_channel_itself_count(cast):
    root = say(cast.bob, cast.general)
    say(cast.charlie, cast.general, "mine, and with it bob's is read")
    assert news(cast.charlie, cast.general) == [(0, 0)]
    gone = say(cast.bob, cast.general)
    delete_message(actor=cast.bob, message=gone)
    Message.objects.create(channel=cast.general, author=cast.bob, content="a reply", thread=root)
    nobodys = say(cast.bob, cast.general, "of somebody who left the instance")
    Message.objects.filter(pk=nobodys.pk).update(author=None)
    assert news(cast.charlie, cast.general) == [(1, 0)]


def test_mentions_are_counted_as_they_are_now(cast):
    named = say(cast.bob, cast.general, "@charlie")
    say(cast.alice, cast.general, "@everyone")
    assert news(cast.charlie, cast.general) == [(2, 2)]
    assert news(cast.bob, cast.general) == [(1, 1)]
    edit_message(actor=cast.bob, message=named, content="nobody")
    assert news(cast.charlie, cast.general) == [(2, 1)]


def test_who_comes_has_read_what_was_there_before(cast):
    say(cast.bob, cast.general)
    cast.server.is_public = True
    cast.server.save()
    join_server(actor=cast.mallory, server_id=cast.server.pk)
    assert news(cast.mallory, cast.general) == [(0, 0)]
    say(cast.bob, cast.general)
    assert news(cast.mallory, cast.general) == [(1, 0)]


def test_who_leaves_or_is_banned_leaves_nothing_behind(cast):
    cast.server.is_public = True
    cast.server.save()
    say(cast.alice, cast.general)
    for user in (cast.bob, cast.charlie):
        acknowledge(actor=user, channel=cast.general)
    say(cast.alice, cast.general)
    leave_server(actor=cast.charlie, server=cast.server)
    ban_user(actor=cast.alice, server=cast.server, user=cast.bob)
    assert set(ReadState.objects.values_list("user", flat=True)) == {cast.alice.pk}
    assert news(cast.charlie, cast.general) == [(0, 0)]
    join_server(actor=cast.charlie, server_id=cast.server.pk)
    assert news(cast.charlie, cast.general) == [(0, 0)]


def test_who_is_just_leaving_leaves_nothing_behind_either(cast):
    say(cast.bob, cast.general)
    Member.objects.filter(user=cast.charlie).delete()
    acknowledge(actor=cast.charlie, channel=cast.general)
    assert not ReadState.objects.filter(user=cast.charlie).exists()


@pytest.mark.django_db(transaction=True)
def test_a_channel_that_is_deleted_meanwhile_is_not_read(api, monkeypatch):
    cast = make_cast()
    message = say(cast.bob, cast.general)
    forward = read_states.mark

    def deleted_just_before(*known):
        with ThreadPoolExecutor(1) as thread:
            thread.submit(gone).result()
        return forward(*known)

    def gone():
        Channel.objects.filter(pk=cast.general.pk).delete()
        connection.close()

    monkeypatch.setattr(read_states, "mark", deleted_just_before)
    answer = api(cast.charlie).post(f"/channels/{cast.general.pk}/ack", {"message_id": str(message.pk)})
    assert answer.status_code == 204
    assert not ReadState.objects.exists()


def test_an_old_place_does_not_bring_back_what_was_before_one_came(cast):
    old = say(cast.bob, cast.general)
    say(cast.bob, cast.general)
    Member.objects.filter(user=cast.charlie).update(joined_at=timezone.now())
    acknowledge(actor=cast.charlie, channel=cast.general, message_id=old.pk)
    assert news(cast.charlie, cast.general) == [(0, 0)]


def test_no_more_than_so_many_are_counted(cast, monkeypatch):
    monkeypatch.setattr(read_states, "MAX_COUNTED", 3)
    for number in range(5):
        say(cast.bob, cast.general, f"{number} @charlie")
    assert news(cast.charlie, cast.general) == [(3, 3)]


def test_the_more_channels_the_fewer_are_counted_in_each_but_never_too_few(cast, monkeypatch):
    monkeypatch.setattr(read_states, "MAX_COUNTED_TOGETHER", 6)
    monkeypatch.setattr(read_states, "MIN_COUNTED", 2)
    for number in range(4):
        for channel in (cast.general, cast.secret):
            say(cast.alice, channel, str(number))
    assert news(cast.bob, cast.general) == [(4, 0)]
    assert news(cast.bob, cast.general, cast.secret) == [(3, 0)] * 2
    none_there = [Channel(server=cast.server, name=str(n)) for n in range(9)]
    assert news(cast.bob, cast.general, cast.secret, *none_there)[:2] == [(2, 0)] * 2


def test_one_s_other_devices_are_told_once(cast, frames, django_capture_on_commit_callbacks):
    first = say(cast.bob, cast.general)
    say(cast.bob, cast.general, "@charlie")
    frames()
    for _ in range(2):
        with django_capture_on_commit_callbacks(execute=True):
            acknowledge(actor=cast.charlie, channel=cast.general, message_id=first.pk)
    [frame] = [frame for frame in frames() if frame.name == "CHANNEL_ACK"]
    assert (frame.audiences, frame.number) == ([f"user:{cast.charlie.pk}"], None)
    assert frame.d == {
        "channel_id": str(cast.general.pk),
        "last_read_message_id": str(first.pk),
        "unread_count": 1,
        "mention_count": 1,
    }


def test_many_channels_are_counted_in_one_query_along_the_index(cast, django_assert_num_queries):
    more = [Channel.objects.create(server=cast.server, name=str(n)) for n in range(20)]
    for channel in more:
        say(cast.bob, channel)
    with django_assert_num_queries(1):
        found = unread(cast.charlie.pk, [channel.pk for channel in more])
    assert len(found) == 20
    with connection.cursor() as cursor:
        # So few rows may be had in any way: of those that also serve many, none sorts.
        cursor.execute("SET LOCAL enable_seqscan = off; SET LOCAL enable_bitmapscan = off; SET LOCAL enable_sort = off")
        known = {"user": cast.charlie.pk, "channels": [more[0].pk], "last": read_states._LAST, "most": 1000}
        cursor.execute(f"EXPLAIN {read_states._COUNT}", known)
        plan = "\n".join(line for (line,) in cursor)
    assert "idx_messages_channel_time" in plan
    assert "ROW(created_at, id) >" in plan.split("Index Cond")[-1]


# -- pages -------------------------------------------------------------------------------------------------


def test_opening_a_channel_shows_where_the_new_messages_begin_and_reads_them(cast):
    say(cast.charlie, cast.general, "mine")
    first = say(cast.bob, cast.general, "new")
    say(cast.bob, cast.general, "newer")
    assert first_unread(cast.charlie, cast.general, Message.objects.order_by("created_at", "id")) == first.pk
    browser, address = browse(cast.charlie), f"/channels/{cast.server.pk}/{cast.general.pk}"
    browser.head(address)
    browser.get(address, headers={"Sec-Purpose": "prefetch"})
    assert news(cast.charlie, cast.general) == [(2, 0)]
    page = text_of(browser.get(address))
    assert page.count("timeline__new") == 1
    assert page.index("timeline__new") < page.index(f'id="m{first.pk}"')
    assert news(cast.charlie, cast.general) == [(0, 0)]
    assert "timeline__new" not in text_of(browser.get(address))


def test_a_page_of_the_past_reads_nothing(cast):
    newest = [say(cast.bob, cast.general, str(n)) for n in range(3)][-1]
    browse(cast.charlie).get(f"/channels/{cast.server.pk}/{cast.general.pk}?before={newest.pk}")
    assert news(cast.charlie, cast.general) == [(3, 0)]


def test_the_list_of_channels_shows_what_is_new_in_those_that_one_sees(cast):
    other = Channel.objects.create(server=cast.server, name="other")
    say(cast.bob, other, "@charlie")
    say(cast.bob, cast.secret, "@everyone")
    page = text_of(browse(cast.charlie).get(f"/channels/{cast.server.pk}/{cast.general.pk}"))
    assert page.count("data-unread") == 1
    assert page.index("data-unread") > page.index(f'data-channel-id="{other.pk}"')
    bobs = text_of(browse(cast.bob).get(f"/channels/{cast.server.pk}/{cast.general.pk}"))
    assert "data-unread" not in bobs


def test_the_script_says_what_was_read(cast):
    first = say(cast.bob, cast.general)
    say(cast.bob, cast.general)
    browser, address = browse(cast.charlie), f"/channels/{cast.server.pk}/{cast.general.pk}/read"
    assert browser.post(address, {"message_id": str(first.pk)}, headers=SCRIPT).status_code == 204
    assert news(cast.charlie, cast.general) == [(1, 0)]
    assert browser.post(address, {"message_id": "x"}, headers=SCRIPT).status_code == 404
    assert browser.get(address).status_code == 405
    hidden = f"/channels/{cast.server.pk}/{cast.secret.pk}/read"
    assert browser.post(hidden, {"message_id": str(first.pk)}, headers=SCRIPT).status_code == 404


def test_losing_sight_of_a_channel_loses_its_counts(cast):
    say(cast.bob, cast.general)
    hidden = {"allow": 0, "deny": int(Permission.VIEW_CHANNEL)}
    Override.objects.create(channel=cast.general, user=cast.charlie, **hidden)
    with pytest.raises(NotFound):
        find_channel(cast.charlie, cast.general.pk)
    page = text_of(browse(cast.charlie).get(f"/channels/{cast.server.pk}/panels"))
    assert "data-unread" not in page


def test_reading_is_kept_by_the_database_s_order_of_moments(cast):
    """Two messages of one moment: the id decides, as in history."""
    moment = timezone.now() + timedelta(seconds=1)
    low, high = sorted(uuid.uuid4() for _ in range(2))
    for id in (low, high):
        Message.objects.create(id=id, channel=cast.general, author=cast.bob, content="a", created_at=moment)
    acknowledge(actor=cast.charlie, channel=cast.general, message_id=low)
    assert news(cast.charlie, cast.general) == [(1, 0)]
    acknowledge(actor=cast.charlie, channel=cast.general, message_id=high)
    assert news(cast.charlie, cast.general) == [(0, 0)]
