"""What the deletion of an account does in servers: those who are in them hear it, and what was written stays."""

from concurrent.futures import ThreadPoolExecutor

import pytest
from django.db import IntegrityError, connection, transaction
from django.utils import timezone

from accounts.actions import delete_user
from accounts.models import User
from chat.actions import send_message
from chat.models import Message
from guilds.actions import join_server
from guilds.models import Ban, Member, Override, Server
from guilds.signals import membership_ended
from together.refusals import Conflict, NotFound, Refusal
from together.testing.threads import at_once, wait_until_somebody_waits


def test_they_leave_all_their_servers_and_those_who_are_there_hear_it(api, cast, told, frames):
    other = Server.objects.create(name="Other", owner=cast.alice)
    Member.objects.create(server=other, user=cast.charlie)
    Override.objects.create(channel=cast.general, user=cast.charlie, deny=2)
    told()

    delete_user(actor=cast.alice, user=cast.charlie)

    left = {server.pk: [] for server in (cast.server, other)}
    for event in told():
        server_id = event.refs.get("server_id") or event.refs.get("server")
        for pk, names in left.items():
            if server_id == str(pk):
                names.append((event.name, sorted(event.audiences)))
    them = f"user:{cast.charlie.pk}"
    for pk, names in left.items():
        assert names == [("MEMBER_LEAVE", [f"server:{pk}", them]), ("@access_changed", [them])]
    assert {frame.d["user_id"] for frame in frames() if frame.name == "MEMBER_LEAVE"} == {str(cast.charlie.pk)}
    assert not Member.objects.filter(server=other).exists()
    assert Member.objects.filter(server=cast.server).count() == 2
    assert not Override.objects.filter(role=None).exists()


def test_other_apps_are_told_of_each_membership_that_ends(cast):
    heard = []

    def hear(server, user, **signal):
        heard.append((server, user))

    membership_ended.connect(hear)
    try:
        delete_user(actor=cast.alice, user=cast.charlie)
    finally:
        membership_ended.disconnect(hear)
    assert heard == [(cast.server, cast.charlie)]


def test_what_they_wrote_stays_without_their_name(api, cast):
    path = f"/channels/{cast.general.pk}/messages"
    api(cast.charlie).post(path, {"content": "I was here"})
    delete_user(actor=cast.alice, user=cast.charlie)
    [message] = api(cast.alice).get(path).json()
    assert (message["content"], message["author_id"], message["author"]) == ("I was here", None, None)
    assert Message.objects.get().author is None


def test_the_bans_that_they_imposed_stay(cast):
    banned = User.objects.create(username="banned")
    Ban.objects.create(server=cast.server, user=banned, banned_by=cast.bob)
    delete_user(actor=cast.alice, user=cast.bob)
    assert Ban.objects.get().banned_by is None


@pytest.mark.parametrize("deleted_at", [None, timezone.now()])
def test_who_owns_a_server_stays_even_while_it_is_being_purged(cast, told, deleted_at):
    Server.objects.create(name="Hers", owner=cast.charlie, deleted_at=deleted_at)
    with pytest.raises(Refusal, match="Hers") as refusal:
        delete_user(actor=cast.alice, user=cast.charlie)
    assert refusal.value.status_code == 400
    assert told() == []
    assert Member.objects.filter(user=cast.charlie).exists()
    Server.objects.filter(name="Hers").delete()
    delete_user(actor=cast.alice, user=cast.charlie)


@pytest.mark.django_db(transaction=True)
def test_who_is_just_joining_a_server_is_deleted_only_afterwards(cast, told):
    Server.objects.update(is_public=True)
    with ThreadPoolExecutor(1) as thread:
        with transaction.atomic():
            join_server(actor=cast.mallory, server_id=cast.server.pk)
            deletion = thread.submit(delete_in_a_thread, cast.alice, cast.mallory)
            wait_until_somebody_waits()
        with pytest.raises(Conflict):
            deletion.result(timeout=10)
    told()

    delete_user(actor=cast.alice, user=cast.mallory)

    assert [event.name for event in told()] == ["MEMBER_LEAVE", "@access_changed"]


@pytest.mark.django_db(transaction=True)
def test_who_is_being_deleted_joins_nothing(cast):
    Server.objects.update(is_public=True)
    with ThreadPoolExecutor(1) as thread:
        with transaction.atomic():
            delete_user(actor=cast.alice, user=cast.mallory)
            joining = thread.submit(join_in_a_thread, cast.mallory, cast.server)
            wait_until_somebody_waits()
        with pytest.raises((User.DoesNotExist, NotFound)):
            joining.result(timeout=10)
    assert not Member.objects.filter(user=cast.mallory.pk).exists()


def delete_in_a_thread(actor, user):
    try:
        delete_user(actor=actor, user=user)
    finally:
        connection.close()


def join_in_a_thread(user, server):
    try:
        join_server(actor=user, server_id=server.pk)
    finally:
        connection.close()


@pytest.mark.django_db(transaction=True)
def test_who_is_deleted_while_they_write_is_deleted_all_the_same(cast):
    """What they write and their going take turns: neither waits for the other for ever."""

    def one(number):
        if number == 0:
            return delete_user(actor=cast.alice, user=cast.charlie)
        try:
            return send_message(actor=cast.charlie, channel_id=cast.general.pk, content=f"message {number}")
        except (NotFound, IntegrityError):
            return None

    for number, outcome in enumerate(at_once(12, one)):
        assert number == 0 or outcome is None or outcome.author_id == cast.charlie.pk
    assert not User.objects.filter(username="charlie").exists()
    assert not Message.objects.exclude(author=None).exists()
