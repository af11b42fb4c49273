"""The schema is made by migrations, on every PostgreSQL that we promise, and every migration can be undone."""

import re
from io import StringIO

import pytest
from django.conf import settings
from django.contrib.postgres.search import SearchQuery
from django.core.management import call_command
from django.db import IntegrityError, connections, transaction
from django.db.migrations.loader import MigrationLoader

from accounts.models import User
from chat.models import Message
from guilds.models import Channel, Server
from together.database.embedded import Cluster
from together.tests.scratch import scratch_database

OURS = ["together", "accounts", "guilds", "chat", "voice"]


@pytest.fixture
def scratch(django_db_setup, django_db_blocker):
    with django_db_blocker.unblock(), scratch_database() as alias:
        yield alias


@pytest.fixture
def sixteen(django_db_setup, django_db_blocker):
    with (
        Cluster(settings.DATA_DIR / "sixteen", version=16) as cluster,
        django_db_blocker.unblock(),
        scratch_database(HOST=str(cluster.socket_dir), USER="postgres", PASSWORD="", PORT="") as alias,
    ):
        yield alias


def tables(alias):
    with connections[alias].cursor() as cursor:
        return set(connections[alias].introspection.table_names(cursor))


def migrate(alias, *target):
    call_command("migrate", *target, database=alias, verbosity=0)


def forward_backward_forward(alias):
    migrate(alias)
    made = tables(alias)
    for app in MigrationLoader(connections[alias]).migrated_apps:
        migrate(alias, app, "zero")
    left = tables(alias)
    migrate(alias)
    return made, left, tables(alias)


def test_every_migration_runs_backward_to_nothing_and_forward_again(scratch):
    made, left, again = forward_backward_forward(scratch)
    assert {"users", "servers", "messages", "voice_states", "event_log"} <= made
    assert left == {"django_migrations"}
    assert again == made


@pytest.mark.parametrize(("untold", "announced"), [([2, 3], 1), ([], 3)])
def test_what_was_announced_stays_announced_in_the_clock_and_back_in_the_log(scratch, untold, announced):
    migrate(scratch, "together", "0002_audit_log")
    with connections[scratch].cursor() as cursor:
        cursor.execute("INSERT INTO event_clock (id, generation, number) VALUES (1, gen_random_uuid(), 3)")
        cursor.execute(
            "INSERT INTO event_log (number, name, audiences, refs, announced, created_at)"
            " SELECT number, 'TEST', '{}'::varchar[], '{}'::jsonb, number <> ALL(%s), now()"
            " FROM unnest(ARRAY[1, 2, 3]) number",
            [untold],
        )
        migrate(scratch, "together", "0003_announced_in_the_clock")
        cursor.execute("SELECT number, announced FROM event_clock")
        assert cursor.fetchone() == (3, announced)
        migrate(scratch, "together", "0002_audit_log")
        cursor.execute("SELECT number, announced FROM event_log ORDER BY number")
        assert cursor.fetchall() == [(number, number not in untold) for number in (1, 2, 3)]


def test_the_models_and_the_migrations_say_the_same(db):
    out = StringIO()
    call_command("makemigrations", check=True, dry_run=True, stdout=out)
    assert "No changes detected" in out.getvalue()


def test_migrations_have_names_that_a_person_gave_them():
    numbered = re.compile(r"\d{4}_[a-z]+(_[a-z]+)*")
    names = [name for app, name in MigrationLoader(None).disk_migrations if app in OURS]
    assert names
    assert [name for name in names if not numbered.fullmatch(name) or "_auto_" in name] == []


def test_the_schema_holds_on_postgresql_16_too(sixteen):
    made, left, again = forward_backward_forward(sixteen)
    assert connections[sixteen].pg_version // 10_000 == 16
    assert (left, again) == ({"django_migrations"}, made)
    call_command("loaddata", "demo.json", database=sixteen, verbosity=0)
    people, messages = User.objects.using(sixteen), Message.objects.using(sixteen)

    for same in ({"username": "ALICE"}, {"username": "a", "email": "Bob@together.LOCAL"}):
        with pytest.raises(IntegrityError), transaction.atomic(using=sixteen):
            people.create(**same)
    words = SearchQuery("game | tonight", search_type="raw", config="english")
    assert messages.living().filter(search_vector=words).count() == 1
    with connections[sixteen].cursor() as cursor:
        with pytest.raises(IntegrityError):
            cursor.execute("DELETE FROM users WHERE username = 'alice'")
        cursor.execute("DELETE FROM servers")
        cursor.execute("DELETE FROM users")
    for model in (Server, Channel, Message, User):
        assert not model.objects.using(sixteen).exists()
