"""The way past the driver's cursors: what they do besides, it does too."""

import uuid

import psycopg
import pytest
from django.db import IntegrityError, connection, transaction
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
