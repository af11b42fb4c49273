"""How PostgreSQL finds messages among fifty thousand: the plans that hold at any size."""

import json

import pytest
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext

from accounts.models import User
from chat.history import page
from chat.models import Message
from chat.search import search
from guilds.models import Channel, Server

ROWS = 50_000

# One message in a thousand says "walrus"; a few are deleted or in a thread, as in life.
FILL = """
INSERT INTO messages (id, channel_id, author_id, content, created_at, deleted, mention_user_ids, mention_everyone)
SELECT gen_random_uuid(), channels.id, %s,
       'so this is message ' || n || CASE WHEN n %% 1000 = 1 THEN ' of a walrus' ELSE '' END,
       timestamptz '2025-01-01 00:00Z' + n * interval '1 second', n %% 50 = 0, '{}', false
FROM generate_series(1, %s) AS n JOIN channels ON channels.position = n %% 5
"""


@pytest.fixture(scope="module")
def channels(django_db_setup, django_db_blocker):
    with django_db_blocker.unblock(), transaction.atomic():
        alice = User.objects.create(username="alice")
        server = Server.objects.create(name="Gaming Squad", owner=alice)
        made = [Channel.objects.create(server=server, name=str(place), position=place) for place in range(5)]
        with connection.cursor() as cursor:
            cursor.execute(FILL, [alice.pk, ROWS])
            cursor.execute("ANALYZE messages")
        yield made
        transaction.set_rollback(True)


def nodes(plan):
    yield plan
    for child in plan.get("Plans", ()):
        yield from nodes(child)


def explain(queryset):
    [analysed] = json.loads(queryset.explain(format="json", analyze=True))
    return list(nodes(analysed["Plan"]))


@pytest.fixture
def middle(db, channels):
    return Message.objects.filter(channel=channels[1]).history()[5000]


@pytest.mark.parametrize("direction", ["newest", "older_than", "newer_than"])
def test_a_page_of_history_is_one_walk_along_its_index(channels, middle, direction):
    history = Message.objects.filter(channel=channels[1]).history()
    if direction != "newest":
        history = getattr(history, direction)(middle)
    if direction == "newer_than":
        history = history.order_by("created_at", "id")
    limit, scan = explain(history[:50])
    assert limit["Node Type"] == "Limit"
    assert (scan["Node Type"], scan["Index Name"]) == ("Index Scan", "idx_messages_channel_time")
    assert scan["Actual Rows"] == 50
    assert "Filter" not in scan


@pytest.mark.parametrize("cursor", [None, "before", "after"])
def test_what_a_page_asks_walks_along_that_index_too(channels, middle, cursor):
    with CaptureQueriesContext(connection) as asked:
        assert len(page(channels[1], **({cursor: middle.pk} if cursor else {}))) == 50
    with connection.cursor() as database:
        database.execute(f"EXPLAIN (ANALYZE, FORMAT json) {asked[-1]['sql']}")
        [[analysed]] = database.fetchall()[0]
    [scan] = [node for node in nodes(analysed["Plan"]) if node.get("Alias") == "m"]
    assert (scan["Node Type"], scan["Index Name"]) == ("Index Scan", "idx_messages_channel_time")
    assert scan["Actual Rows"] == 50
    assert "Filter" not in scan


def test_the_cursor_is_where_the_walk_begins_not_a_filter_on_the_way(channels, middle):
    history = Message.objects.filter(channel=channels[1]).history().older_than(middle)
    [scan] = [node for node in explain(history[:50]) if "Index Name" in node]
    assert "ROW(created_at, id) < ROW(" in scan["Index Cond"]


def test_a_search_is_answered_by_the_index_of_words(channels, db):
    ids = [channel.pk for channel in channels]
    assert len(search(ids, "walruses")) == ROWS // 1000
    plan = explain(search(ids, "walruses")[:50])
    assert "idx_messages_search" in {node.get("Index Name") for node in plan}
