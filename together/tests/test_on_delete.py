"""What a deletion does, told by the database itself: plain SQL, no ORM."""

import pytest
from django.apps import apps
from django.contrib.admin.models import CHANGE, LogEntry
from django.core.management import call_command
from django.db import IntegrityError, connection, models, transaction
from django.utils import timezone

from accounts.models import Session, User
from chat.models import Attachment, Message, Reaction
from guilds.models import Channel, Member, MemberRole, Override, Role, Server
from together.database import fields
from voice.models import VoiceState

pytestmark = pytest.mark.django_db

OURS = {"together", "accounts", "guilds", "chat", "voice"}
ORM_RULES = {models.CASCADE: "CASCADE", models.SET_NULL: "SET NULL"}
RULES_BY_LETTER = {"a": "NO ACTION", "r": "RESTRICT", "c": "CASCADE", "n": "SET NULL", "d": "SET DEFAULT"}


def foreign_keys():
    for model in apps.get_models(include_auto_created=True):
        if model._meta.managed and not model._meta.proxy:
            for field in model._meta.local_fields:
                if isinstance(field, models.ForeignKey):
                    yield field


def declared(field):
    return getattr(field, "db_on_delete", None) or ORM_RULES.get(field.remote_field.on_delete)


def test_every_foreign_key_carries_in_the_database_the_rule_that_its_model_declares():
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT conrelid::regclass::text, attname, confdeltype, condeferrable AND condeferred FROM pg_constraint"
            " JOIN pg_attribute ON attrelid = conrelid AND attnum = conkey[1] WHERE contype = 'f'"
        )
        kept = {(table, column): (RULES_BY_LETTER[rule], deferred) for table, column, rule, deferred in cursor}
    assert kept == {(key.model._meta.db_table, key.column): (declared(key), True) for key in foreign_keys()}


def test_every_foreign_key_of_ours_says_what_a_deletion_does():
    silent = [
        key for key in foreign_keys() if key.model._meta.app_label in OURS and not isinstance(key, fields.ForeignKey)
    ]
    assert silent == []


def test_every_foreign_key_is_served_by_an_index_so_that_a_deletion_is_no_scan():
    for key in foreign_keys():
        with connection.cursor() as cursor, transaction.atomic():
            cursor.execute("SET LOCAL enable_seqscan = off")
            cursor.execute("SET LOCAL plan_cache_mode = force_generic_plan")
            cursor.execute(f'PREPARE look AS SELECT 1 FROM {key.model._meta.db_table} WHERE "{key.column}" = $1')
            cursor.execute("EXPLAIN EXECUTE look (NULL)")
            plan = "\n".join(line for (line,) in cursor)
            cursor.execute("DEALLOCATE look")
        assert "Index Cond" in plan, f"{key}: {plan}"


@pytest.fixture
def demo(db):
    call_command("loaddata", "demo.json", verbosity=0)
    alice, general = User.objects.get(username="alice"), Channel.objects.get(name="general")
    welcome = Message.objects.filter(channel=general).earliest("created_at")
    Attachment.objects.create(message=welcome, uploader=alice, filename="a", file_size=1, mime_type="a/b", url="/a")
    Override.objects.create(channel=general, role=Role.objects.get(name="Member"))
    Override.objects.create(channel=general, user=User.objects.get(username="bob"))
    VoiceState.objects.create(user=alice, channel=Channel.objects.get(name="Voice Lobby"))
    Session.objects.create(user=alice, expires_at=timezone.now())


def sql(statement, *params):
    with connection.cursor() as cursor:
        cursor.execute(statement, params)
    connection.check_constraints()


def test_deleting_a_server_takes_everything_in_it_and_nothing_else(demo):
    eve = User.objects.get(username="eve")
    other = Server.objects.create(name="Other", owner=eve)
    kept = Message.objects.create(channel=Channel.objects.create(server=other, name="kept"), author=eve, content="kept")
    sql("DELETE FROM servers WHERE name = 'Gaming Squad'")
    for model in (Reaction, Attachment, Role, MemberRole, Override, Member, VoiceState):
        assert not model.objects.exists(), model
    assert [(channel.name, channel.server) for channel in Channel.objects.all()] == [("kept", other)]
    assert list(Message.objects.all()) == [kept]
    assert User.objects.count() == 5


def test_an_owner_cannot_be_deleted_before_the_server_has_another(demo):
    with pytest.raises(IntegrityError), transaction.atomic():
        sql("DELETE FROM users WHERE username = 'alice'")
    Server.objects.update(owner=User.objects.get(username="eve"))
    sql("DELETE FROM users WHERE username = 'alice'")
    assert not User.objects.filter(username="alice").exists()


def test_deleting_a_person_keeps_what_they_said_and_drops_the_rest(demo):
    Server.objects.update(owner=User.objects.get(username="eve"))
    sql("DELETE FROM users WHERE username IN ('alice', 'bob')")
    assert Message.objects.count() == 6
    assert {message.author and message.author.username for message in Message.objects.all()} == {None, "charlie"}
    assert Attachment.objects.get().uploader is None
    assert set(Reaction.objects.values_list("user__username", flat=True)) == {"charlie", "diana"}
    assert set(Member.objects.values_list("user__username", flat=True)) == {"charlie", "diana", "eve"}
    assert MemberRole.objects.count() == 2
    assert [override.user for override in Override.objects.all()] == [None]
    assert not VoiceState.objects.exists()
    assert not Session.objects.exists()


def test_the_log_of_admin_does_not_keep_a_person_from_being_deleted(demo):
    eve = User.objects.get(username="eve")
    LogEntry.objects.create(user=eve, action_flag=CHANGE, object_repr="x", change_message="y")
    sql("DELETE FROM users WHERE username = 'eve'")
    assert not LogEntry.objects.exists()


def test_deleting_a_category_keeps_its_channels_and_deleting_a_role_keeps_its_members(demo):
    sql("DELETE FROM channels WHERE type = 'category'")
    assert set(Channel.objects.values_list("parent", flat=True)) == {None}
    assert Channel.objects.count() == 7
    sql("DELETE FROM roles")
    assert Member.objects.count() == 5
    assert not MemberRole.objects.exists()


def test_deleting_a_channel_takes_its_messages_and_empties_its_voice(demo):
    sql("DELETE FROM channels WHERE name IN ('general', 'Voice Lobby')")
    assert set(Message.objects.values_list("channel__name", flat=True)) == {"game-chat"}
    assert not VoiceState.objects.exists()
