"""GET /channels/{id}/messages and /channels/{id}/messages/{id}: reading, backwards and forwards."""

import uuid

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from chat.actions import delete_message, send_message
from chat.models import Message
from guilds.models import Channel


@pytest.fixture
def path(cast):
    return f"/channels/{cast.general.pk}/messages"


@pytest.fixture
def seven(cast):
    return [send_message(actor=cast.bob, channel_id=cast.general.pk, content=str(number)) for number in range(7)]


def read(answer):
    assert answer.status_code == 200
    return "".join(message["content"] for message in answer.json())


def test_the_newest_come_first(api, cast, path, seven):
    assert read(api(cast.charlie).get(path)) == "6543210"


def test_an_empty_channel_is_an_empty_list(api, cast, path):
    assert api(cast.charlie).get(path).json() == []


def test_pages_backwards_meet_without_gap_or_repetition(api, cast, path, seven):
    charlie, pages, query = api(cast.charlie), [], {"limit": 3}
    while page := charlie.get(path, query).json():
        pages.append("".join(message["content"] for message in page))
        query["before"] = page[-1]["id"]
    assert pages == ["654", "321", "0"]


def test_pages_forwards_are_the_nearest_ones_newest_first_too(api, cast, path, seven):
    charlie = api(cast.charlie)
    assert read(charlie.get(path, {"after": seven[1].pk, "limit": 3})) == "432"
    assert read(charlie.get(path, {"after": seven[4].pk, "limit": 3})) == "65"
    assert read(charlie.get(path, {"after": seven[6].pk})) == ""


def test_between_two_cursors_lies_what_lies_between(api, cast, path, seven):
    query = {"after": seven[1].pk, "before": seven[5].pk}
    assert read(api(cast.charlie).get(path, query)) == "432"
    assert read(api(cast.charlie).get(path, {**query, "limit": 2})) == "32"


def test_messages_of_the_same_moment_have_one_order(api, cast, path, seven):
    Message.objects.update(created_at=seven[0].created_at)
    charlie, found, query = api(cast.charlie), [], {"limit": 2}
    while page := charlie.get(path, query).json():
        found += [message["id"] for message in page]
        query["before"] = page[-1]["id"]
    assert found == sorted((str(message.pk) for message in seven), reverse=True)


@pytest.mark.parametrize(
    ("limit", "count"), [(1, 1), (0, 1), (-5, 1), (50, 50), (100, 100), (101, 100), (10**30, 100), (None, 50)]
)
def test_a_limit_is_clamped_to_one_to_a_hundred(api, cast, path, limit, count):
    Message.objects.bulk_create(Message(channel=cast.general, author=cast.bob, content="a") for _ in range(101))
    assert len(api(cast.charlie).get(path, {"limit": limit} if limit is not None else {}).json()) == count


@pytest.mark.parametrize(
    "query",
    ["limit=many", "limit=", "limit=1.5", "limit=1&limit=2", "before=nonsense", "before=", "after=7", "after=null",
     "before=%00", "limit=%00", "before=%ff"],
)  # fmt: skip
def test_a_query_that_cannot_be_read_is_400_before_anything_is_looked_up(api, cast, path, query):
    for user in (cast.charlie, cast.mallory):
        answer = api(user).get(f"{path}?{query}")
        assert (answer.status_code, set(answer.json())) == (400, {"error", "fields"})


def test_unknown_parameters_are_ignored(api, cast, path, seven):
    assert read(api(cast.charlie).get(f"{path}?around=x&around=y&q=")) == "6543210"


def test_a_cursor_that_was_deleted_still_works(api, cast, path, seven):
    delete_message(actor=cast.bob, message=seven[3])
    assert read(api(cast.charlie).get(path, {"before": seven[3].pk})) == "210"
    assert read(api(cast.charlie).get(path, {"after": seven[3].pk})) == "654"


def test_a_cursor_of_another_channel_is_as_unknown_as_one_that_never_was(api, cast, path, seven):
    foreign = send_message(actor=cast.bob, channel_id=cast.secret.pk, content="psst")
    for cursor in (foreign.pk, uuid.uuid4()):
        for direction in ("before", "after"):
            assert api(cast.charlie).get(path, {direction: cursor}).json() == []


def test_deleted_messages_and_replies_in_threads_are_not_in_the_list(api, cast, path, seven):
    delete_message(actor=cast.bob, message=seven[6])
    Message.objects.create(channel=cast.general, author=cast.bob, content="reply", thread=seven[0])
    page = api(cast.charlie).get(path).json()
    assert "".join(message["content"] for message in page) == "543210"
    assert page[-1]["thread_reply_count"] == 1


def test_a_message_of_somebody_who_is_gone_stays(api, cast, path):
    Message.objects.create(channel=cast.general, author=None, content="from before")
    [message] = api(cast.charlie).get(path).json()
    assert (message["author_id"], message["author"]) == (None, None)


def test_one_message_is_read_also_a_reply_in_a_thread(api, cast, path, seven):
    reply = Message.objects.create(channel=cast.general, author=cast.bob, content="reply", thread=seven[0])
    answer = api(cast.charlie).get(f"{path}/{reply.pk}")
    assert (answer.status_code, answer.json()["thread_id"]) == (200, str(seven[0].pk))
    assert api(cast.charlie).get(f"{path}/{seven[0].pk}").json()["thread_reply_count"] == 1


def test_of_a_deleted_message_one_reads_only_that_it_was_there(api, cast, path, seven):
    delete_message(actor=cast.bob, message=seven[0])
    answer = api(cast.charlie).get(f"{path}/{seven[0].pk}")
    assert (answer.status_code, answer.json()["deleted"], answer.json()["content"]) == (200, True, "")


def test_a_message_is_not_read_through_another_channel(api, cast, path, seven):
    secret = send_message(actor=cast.bob, channel_id=cast.secret.pk, content="psst")
    assert api(cast.charlie).get(f"{path}/{secret.pk}").status_code == 404
    assert api(cast.bob).get(f"/channels/{cast.secret.pk}/messages/{seven[0].pk}").status_code == 404


def test_strangers_and_those_who_do_not_see_the_channel_are_told_nothing(api, cast, path, seven):
    secret = send_message(actor=cast.bob, channel_id=cast.secret.pk, content="psst")
    hidden = f"/channels/{cast.secret.pk}/messages"
    assert read(api(cast.bob).get(hidden)) == "psst"
    unknown = api(cast.charlie).get(f"/channels/{uuid.uuid4()}/messages").json()
    for user, url in (
        (cast.charlie, hidden),
        (cast.charlie, f"{hidden}/{secret.pk}"),
        (cast.mallory, path),
        (cast.mallory, f"{path}/{seven[0].pk}"),
    ):
        answer = api(user).get(url)
        assert (answer.status_code, answer.json()) == (404, unknown)
        assert api().get(url).status_code == 401
    assert api(cast.charlie).get("/channels/general/messages").status_code == 400
    assert api(cast.charlie).get(f"{path}/first").status_code == 400


@pytest.mark.parametrize("count", [1, 50])
@pytest.mark.parametrize("direction", ["newest", "before", "after"])
def test_a_page_costs_the_same_whatever_the_number(api, cast, path, direction, count):
    first = send_message(actor=cast.bob, channel_id=cast.general.pk, content="first")
    for _ in range(count):
        last = send_message(actor=cast.bob, channel_id=cast.general.pk, content="a")
    query = {"newest": {}, "before": {"before": last.pk}, "after": {"after": first.pk}}[direction]
    charlie = api(cast.charlie)
    with CaptureQueriesContext(connection) as queries:
        assert len(charlie.get(path, {**query, "limit": count}).json()) == count
    assert len(queries) == 3 + (direction != "newest")


def test_a_channel_that_loses_its_category_keeps_its_messages(api, cast, path, seven):
    Channel.objects.filter(pk=cast.general.parent_id).delete()
    assert read(api(cast.charlie).get(path)) == "6543210"
