"""Deleted servers go bit by bit, whoever is at it and whenever it was cut off."""

import threading

import pytest
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from accounts.models import User
from chat.models import Message, Reaction
from guilds.models import Channel, Member, Server
from guilds.purge import purge_deleted_servers
from guilds.signals import server_purging


def make_server(name, messages=7, **fields):
    owner = User.objects.create(username=f"owner of {name}")
    server = Server.objects.create(name=name, owner=owner, **fields)
    Member.objects.create(user=owner, server=server)
    channel = Channel.objects.create(server=server, name="general")
    for number in range(messages):
        message = Message.objects.create(channel=channel, author=owner, content=str(number), deleted=number == 0)
        Reaction.objects.create(message=message, user=owner, emoji="👍")
    return server


@pytest.fixture
def listen():
    heard = []

    def receiver(**signal):
        heard.append(Message.objects.filter(channel__server=signal["server_id"]).count())
        return 0

    server_purging.connect(receiver)
    yield heard
    server_purging.disconnect(receiver)


@pytest.mark.django_db
def test_a_deleted_server_goes_with_everything_in_it_and_a_living_one_stays():
    make_server("gone", deleted_at=timezone.now())
    kept = make_server("kept")
    assert purge_deleted_servers() == 1
    assert list(Server.objects.all()) == [kept]
    assert Message.objects.count() == Reaction.objects.count() == 7
    assert purge_deleted_servers() == 0


@pytest.mark.django_db
def test_no_transaction_takes_more_than_a_batch(listen):
    make_server("gone", deleted_at=timezone.now())
    purge_deleted_servers(batch=3)
    assert listen == [4, 1, 0, 0]


@pytest.mark.django_db
def test_a_batch_is_one_statement_however_large_it_is():
    counts = []
    for size in (2, 50):
        make_server(f"of {size}", messages=size, deleted_at=timezone.now())
        with CaptureQueriesContext(
            connection,
        ) as queries:
            purge_deleted_servers()
        counts.append(len(queries))
    assert counts[0] == counts[1]


@pytest.mark.django_db
def test_what_was_cut_off_is_gone_on_with(listen):
    def cut(**signal):
        raise ConnectionError

    make_server("gone", deleted_at=timezone.now())
    server_purging.connect(cut)
    with pytest.raises(ConnectionError):
        purge_deleted_servers(batch=3)
    server_purging.disconnect(cut)
    assert Server.objects.count() == 1
    assert purge_deleted_servers(batch=3) == 1


@pytest.mark.django_db(transaction=True)
def test_a_server_that_another_process_is_at_is_left_to_it():
    make_server("theirs", deleted_at=timezone.now())
    make_server("ours", deleted_at=timezone.now())
    results = []

    def other_process():
        results.append(purge_deleted_servers())
        connection.close()

    with transaction.atomic():
        Server.objects.select_for_update().get(name="theirs")
        thread = threading.Thread(target=other_process)
        thread.start()
        thread.join(10)
    assert results == [1]
    assert [server.name for server in Server.objects.all()] == ["theirs"]
    assert purge_deleted_servers() == 1


@pytest.mark.django_db(transaction=True)
def test_two_at_once_purge_everything_once():
    for number in range(6):
        make_server(str(number), deleted_at=timezone.now())
    results = []

    def process():
        results.append(purge_deleted_servers(batch=2))
        connection.close()

    threads = [threading.Thread(target=process) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(20)
    assert sum(results) + purge_deleted_servers() == 6
    assert not Server.objects.exists()
    assert not Message.objects.exists()
