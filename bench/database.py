"""How the database behaves with a million messages: `python bench/database.py [--messages 1000000]`.

Works in a database of its own, in the embedded cluster (or beside the one that DATABASE_URL names), and drops it.
"""

import sys
from pathlib import Path

# Else this folder comes first, and its `http.py` hides Python's own.
sys.path[0] = str(Path(__file__).resolve().parent.parent)

# isort: split

import argparse
import json
import os
import random
import statistics
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "together.settings")

import django

django.setup()

import psycopg
from django.conf import settings
from django.core.management import call_command
from django.db import connection
from django.db.models import QuerySet
from django.utils import timezone

from accounts.models import User
from chat import search
from chat.access import with_context
from chat.models import Message
from guilds.models import Channel, Server
from guilds.purge import purge_deleted_servers
from together.database.embedded import Cluster

CHANNELS = 50
PEOPLE = 500
RUNS = 9
DEPTH = 400_000
RARE, COMMON = "walrus", "coffee"  # in 0.1 % and in 7 % of the messages

# Six in ten go to the hot channel. Lengths are those of chat: mostly a few words, now and then a paragraph.
FILL = """
INSERT INTO messages (id, channel_id, author_id, content, reply_to_id, created_at, deleted, mention_user_ids,
                      mention_everyone)
SELECT pg_temp.message_id(n), c[CASE WHEN random() < 0.6 THEN 1 ELSE 2 + floor(random() * 49)::int END],
       p[1 + floor(random() * 500)::int], said.text,
       CASE WHEN n > 20 AND random() < 0.05 THEN pg_temp.message_id(n - 7) END,
       pg_temp.sent_at(n), random() < 0.01, '{}', false
FROM generate_series(%(first)s, %(last)s) AS n,
     (SELECT %(channels)s::uuid[] AS c, %(people)s::uuid[] AS p, %(words)s::text[] AS w) AS known,
     LATERAL (SELECT string_agg(word, ' ') || CASE WHEN random() < 0.001 THEN ' walrus' ELSE '' END
                     || CASE WHEN random() < 0.07 THEN ' coffee' ELSE '' END AS text
              FROM (SELECT w[1 + floor(2000 * random() ^ 3)::int] AS word
                    FROM generate_series(1, (3 + n * 0 + 9 * random() + 60 * random() ^ 12)::int)) AS picked) AS said
"""
HELPERS = """
CREATE FUNCTION pg_temp.sent_at(n bigint) RETURNS timestamptz IMMUTABLE LANGUAGE sql
    RETURN timestamptz '2024-01-01 00:00Z' + n * interval '30 seconds';
CREATE FUNCTION pg_temp.message_id(n bigint) RETURNS uuid IMMUTABLE LANGUAGE sql
    RETURN (lpad(to_hex((extract(epoch FROM pg_temp.sent_at(n)) * 1000)::bigint), 12, '0')
            || '7' || substr(md5(n::text), 1, 3) || '8' || substr(md5(n::text), 4, 15))::uuid;
"""
REACT = """
INSERT INTO reactions (id, message_id, user_id, emoji, created_at)
SELECT gen_random_uuid(), id, author_id, '👍', created_at FROM messages WHERE random() < 0.1 ON CONFLICT DO NOTHING
"""


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--messages", type=int, default=1_000_000)
    wanted: int = parser.parse_args().messages
    with scratch_database():
        call_command("migrate", verbosity=0)
        server, channels = make_server()
        have = 0
        for size in (wanted // 10, wanted):
            fill(channels, have + 1, size)
            have = size
            hot = Message.objects.filter(channel=channels[0]).count()
            print(f"\n== {size:,} messages, {hot:,} of them in the hot channel ==\n")
            measure(channels)
        print("\n== plans ==")
        show_plans(channels)
        purge(server)


def measure(channels: list[Channel]) -> None:
    ids, hot = [channel.pk for channel in channels], channels[0]
    history = Message.objects.filter(channel=hot).history()
    deep = deepest(hot)
    report("history, newest page", history[:50])
    report("history, page at depth", history.older_than(deep)[:50])
    report("history, with authors and replies", with_context(history)[:50])
    report("search 0.1 %, 50 best", search.search(ids, RARE)[:50])
    report("search 0.1 %, count", search.matches(ids, RARE)[: search.CANDIDATES])
    report("search 7 %, 50 best", search.search(ids, COMMON)[:50])
    report("search 7 %, count", search.matches(ids, COMMON)[: search.CANDIDATES])


def report(name: str, rows: QuerySet[Any]) -> None:
    runs = [json.loads(rows.explain(format="json", analyze=True))[0] for _ in range(RUNS)]
    took = statistics.median(run["Execution Time"] for run in runs)
    print(f"{name:34} {took:9.3f} ms   {', '.join(indexes(runs[-1]['Plan']))}")


def indexes(plan: dict[str, Any]) -> Iterator[str]:
    if "Index Name" in plan:
        yield f"{plan['Node Type']} {plan['Index Name']}"
    for child in plan.get("Plans", ()):
        yield from indexes(child)


def show_plans(channels: list[Channel]) -> None:
    ids, history = [channel.pk for channel in channels], Message.objects.filter(channel=channels[0]).history()
    for rows in (
        history.older_than(deepest(channels[0]))[:50],
        search.search(ids, RARE)[:50],
        search.search(ids, COMMON)[:50],
    ):
        lines = rows.explain(analyze=True).splitlines()
        print("\n" + "\n".join(line if len(line) < 160 else f"{line[:157]}..." for line in lines))


def deepest(channel: Channel) -> Message:
    history = Message.objects.filter(channel=channel).history()
    found: Message = history[min(DEPTH, history.count() * 2 // 3)]
    return found


def purge(server: Server) -> None:
    Server.objects.filter(pk=server.pk).update(deleted_at=timezone.now())
    took: list[tuple[float, str]] = []

    def watch(execute: Callable[..., Any], sql: str, *args: Any) -> Any:
        begun = time.perf_counter()
        try:
            return execute(sql, *args)
        finally:
            took.append((time.perf_counter() - begun, sql))

    with connection.execute_wrapper(watch):
        purge_deleted_servers()
    batches = [seconds for seconds, sql in took if sql.startswith('DELETE FROM "messages"')]
    longest, statement = max(took)
    print(f"\n== purge ==\n\n{sum(seconds for seconds, _sql in took):.1f} s in {len(batches)} batches of", end=" ")
    print(f"{statistics.median(batches) * 1000:.0f} ms; the longest statement: {longest * 1000:.0f} ms,", end=" ")
    print(f"number {took.index((longest, statement)) + 1} of {len(took)}: {statement[:40]}")


def make_server() -> tuple[Server, list[Channel]]:
    people = User.objects.bulk_create(User(username=f"person {number}") for number in range(PEOPLE))
    server = Server.objects.create(name="A million", owner=people[0])
    channels = Channel.objects.bulk_create(Channel(server=server, name=str(n), position=n) for n in range(CHANNELS))
    with connection.cursor() as cursor:
        cursor.execute(HELPERS)
    return server, channels


def fill(channels: list[Channel], first: int, last: int) -> None:
    begun = time.perf_counter()
    parameters: dict[str, Any] = {
        "first": first,
        "last": last,
        "channels": [channel.pk for channel in channels],
        "people": list(User.objects.values_list("pk", flat=True)),
        "words": vocabulary(),
    }
    with connection.cursor() as cursor:
        cursor.execute("SET statement_timeout = 0")
        cursor.execute(FILL, parameters)
        cursor.execute(REACT)
        cursor.execute("VACUUM ANALYZE")
    print(f"filled in {time.perf_counter() - begun:.0f} s")


def vocabulary() -> list[str]:
    """Two thousand words that English stemming leaves apart, the first of them said most."""
    chance = random.Random(1)
    syllables = [consonant + vowel for consonant in "bdfgklmnprstvz" for vowel in "aeiou"]
    return ["".join(chance.choices(syllables, k=chance.randint(1, 4))) + "k" for _ in range(2000)]


@contextmanager
def scratch_database() -> Iterator[None]:
    cluster = Cluster(settings.DATA_DIR) if settings.EMBEDDED_DATABASE else None
    if cluster:
        cluster.start()
    here = connection.settings_dict
    here["OPTIONS"].pop("pool", None)
    where = {"host": here["HOST"], "port": here["PORT"] or None, "user": here["USER"], "password": here["PASSWORD"]}
    here["NAME"] = "together_bench"
    try:
        with psycopg.connect(**where, dbname="postgres", autocommit=True) as admin:
            admin.execute("DROP DATABASE IF EXISTS together_bench")
            admin.execute("CREATE DATABASE together_bench")
            try:
                yield
            finally:
                connection.close()
                admin.execute("DROP DATABASE together_bench")
    finally:
        if cluster:
            cluster.stop()


if __name__ == "__main__":
    main()
