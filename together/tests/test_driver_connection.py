"""The way past the driver's cursors: what they do besides, it does too."""

import uuid
from functools import partial

import psycopg
import pytest
from django.db import IntegrityError, ProgrammingError, connection, transaction
from django.db.transaction import TransactionManagementError
from psycopg.pq import TransactionStatus

from accounts.models import User
from together.database.trip import trip


@pytest.fixture
def driver(transactional_db):
    connection.ensure_connection()
    return connection.connection


def test_one_message_answers_for_each_of_its_statements(driver):
    assert driver.ask(b"SELECT 1, 'one'; SET LOCAL work_mem = '4MB'; SELECT NULL WHERE false; SELECT 2") == [
        [(1, "one")],
        [],
        [],
        [(2,)],
    ]


@pytest.mark.parametrize("value", [None, True, -7, 2**40, "it's \\ 100 % ünïcode", b"\x00'\xff", uuid.uuid4()])
def test_a_value_comes_back_as_it_was_written(driver, value):
    assert driver.ask(b"SELECT " + driver.literal(value)) == [[(value,)]]


@pytest.mark.parametrize("value", [[], ["a", 'b,{}"', "c'\\"]])
def test_so_does_a_list(driver, value):
    assert driver.ask(b"SELECT " + driver.literal(value) + b"::text[]") == [[(value,)]]


def test_the_first_message_in_a_transaction_begins_it_and_none_does_outside(driver):
    driver.ask(b"SELECT 1")
    assert driver.pgconn.transaction_status == TransactionStatus.IDLE
    with transaction.atomic():
        assert driver.ask(b"SELECT 1") == driver.ask(b"SELECT 1") == [[(1,)]]
        assert driver.pgconn.transaction_status == TransactionStatus.INTRANS
    assert driver.pgconn.transaction_status == TransactionStatus.IDLE


@pytest.mark.parametrize("fails", [True, False])
def test_what_a_message_wrote_goes_with_its_transaction(driver, cast, fails):
    with transaction.atomic():
        driver.ask(f"UPDATE users SET username = 'renamed' WHERE id = '{cast.alice.pk}'".encode())
        transaction.set_rollback(fails)
    assert User.objects.filter(username="renamed").count() == (0 if fails else 1)


def test_an_error_is_the_drivers_and_the_connection_goes_on(driver):
    with pytest.raises(psycopg.errors.DivisionByZero):
        driver.ask(b"SELECT 1; SELECT 1 / 0")
    assert driver.ask(b"SELECT 1") == [[(1,)]]


def test_large_answers_are_not_kept(driver):
    driver.ask(b"SELECT repeat('x', 1000) FROM generate_series(1, 1000)")
    assert driver._transformer.pgresult is None


def test_an_error_of_a_trip_is_djangos(driver, cast):
    with pytest.raises(IntegrityError):
        trip("UPDATE users SET username = NULL WHERE id = %(id)s", values={"id": cast.alice.pk})
    assert trip("SELECT 1", values={}) == [[(1,)]]


def test_a_transaction_that_must_be_undone_takes_no_trip_more(driver):
    with transaction.atomic():
        assert trip("SELECT 1", values={}) == [[(1,)]]
        transaction.set_rollback(True)
        with pytest.raises(TransactionManagementError):
            trip("SELECT 1", values={})


RENAME = "UPDATE users SET username = %(name)s WHERE id = %(id)s"


@pytest.fixture
def rename(transactional_db, cast):
    """Rename somebody in one trip."""

    def do(name, **how):
        return trip(RENAME, values={"name": name, "id": cast.alice.pk}, **how)

    return do


@pytest.fixture
def elsewhere(transactional_db):
    """What everybody else sees."""
    with psycopg.connect(**connection.get_connection_params(), autocommit=True) as other:
        yield lambda: other.execute("SELECT count(*) FROM users WHERE username = 'renamed'").fetchone()[0]


def in_one_transaction(*asks):
    with transaction.atomic():
        for ask in asks:
            ask()


@pytest.mark.parametrize("last", [True, False])
def test_the_last_trip_of_a_transaction_commits_it(rename, elsewhere, last):
    with transaction.atomic():
        assert rename("renamed", last=last) == [[]]
        assert elsewhere() == (1 if last else 0)
    assert elsewhere() == 1


def test_also_one_that_goes_on_with_a_transaction(rename, elsewhere):
    with transaction.atomic():
        rename("renamed")
        assert trip("SELECT username FROM users WHERE username = 'renamed'", values={}, last=True) == [[("renamed",)]]
        assert elsewhere() == 1


def test_what_waits_for_the_commit_is_done_at_the_end_of_the_block(rename):
    done = []
    with transaction.atomic():
        transaction.on_commit(lambda: done.append(connection.in_atomic_block))
        rename("renamed", last=True)
        assert done == []
    assert done == [False]


@pytest.mark.parametrize("ask", [lambda: trip("SELECT 1", values={}), lambda: User.objects.count()])
def test_nothing_is_asked_in_a_transaction_after_its_last_trip(rename, ask):
    with pytest.raises(ProgrammingError):
        in_one_transaction(partial(rename, "renamed", last=True), ask)
    assert User.objects.filter(username="renamed").exists()
    with transaction.atomic():
        assert ask()


def test_in_a_block_within_another_the_outer_one_commits(rename, elsewhere):
    with transaction.atomic():
        with transaction.atomic():
            rename("renamed", last=True)
        assert elsewhere() == 0
        transaction.set_rollback(True)
    assert elsewhere() == 0


def test_a_last_trip_that_fails_leaves_nothing(rename, elsewhere):
    with pytest.raises(IntegrityError):
        in_one_transaction(partial(rename, "renamed"), partial(rename, None, last=True))
    assert elsewhere() == 0
    assert trip("SELECT 1", values={}) == [[(1,)]]


def test_so_does_one_whose_commit_fails(rename, elsewhere):
    orphan = partial(trip, "UPDATE servers SET owner_id = gen_random_uuid()", values={}, last=True)
    with pytest.raises(IntegrityError):
        in_one_transaction(partial(rename, "renamed"), orphan)
    assert elsewhere() == 0
    with transaction.atomic():
        assert trip("SELECT 1", values={}) == [[(1,)]]


def test_nor_is_anything_asked_after_a_commit_that_failed(rename, elsewhere):
    done = []
    with transaction.atomic():
        transaction.on_commit(lambda: done.append(True))
        with pytest.raises(IntegrityError):
            trip("UPDATE servers SET owner_id = gen_random_uuid()", values={}, last=True)
        with pytest.raises(TransactionManagementError):
            rename("renamed")
    assert elsewhere() == 0
    assert done == []


def test_a_connection_that_was_given_back_in_the_middle_serves_the_next(rename):
    with transaction.atomic():
        rename("renamed", last=True)
        connection.close()
    for _connection_of_the_pool in range(3):
        with transaction.atomic():
            assert trip("SELECT 1", values={}) == [[(1,)]]
        connection.close()


def test_outside_a_transaction_there_is_nothing_to_commit(rename, elsewhere):
    rename("renamed", last=True)
    assert elsewhere() == 1
    with transaction.atomic():
        assert trip("SELECT 1", values={}) == [[(1,)]]
