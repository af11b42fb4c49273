"""Several statements in one trip to the database, each prepared once for a connection."""

import uuid

import pytest
from django.db import DatabaseError, OperationalError, close_old_connections, connection, transaction

from together.database.trip import trip

PAIR = "SELECT %(word)s::text, %(number)s::int"
TWICE = "SELECT %(number)s::int + %(number)s::int"
PREPARED = "SELECT count(*) FROM pg_prepared_statements WHERE name LIKE 'trip%'"


def how_many_are_prepared():
    with connection.cursor() as cursor:
        cursor.execute(PREPARED)
        return cursor.fetchone()[0]


@pytest.fixture
def fresh(transactional_db):
    """A connection on which nothing has been prepared yet."""
    connection.close()
    connection.close_pool()
    assert how_many_are_prepared() == 0


def test_the_rows_of_each_statement_come_back_in_their_order(db):
    assert trip(PAIR, "SET LOCAL work_mem = '4MB'", TWICE, values={"word": "it's 100 %", "number": 4}) == [
        [("it's 100 %", 4)],
        [],
        [(8,)],
    ]


def test_a_statement_is_prepared_once_and_answers_for_new_values_each_time(fresh):
    for number in range(10):
        assert trip(PAIR, TWICE, values={"word": str(number), "number": number}) == [
            [(str(number), number)],
            [(2 * number,)],
        ]
    assert how_many_are_prepared() == 2


def test_what_was_prepared_in_a_transaction_that_was_rolled_back_is_there_afterwards(fresh):
    with transaction.atomic():
        trip(TWICE, values={"number": 1})
        transaction.set_rollback(True)
    assert trip(TWICE, values={"number": 2}) == [[(4,)]]


def test_a_connection_that_came_later_is_told_anew(fresh):
    assert trip(TWICE, values={"number": 1}) == [[(2,)]]
    connection.close()
    connection.close_pool()
    assert trip(TWICE, values={"number": 2}) == [[(4,)]]
    assert how_many_are_prepared() == 1


def test_a_statement_that_cannot_be_prepared_yet_can_be_later(db):
    table = f"later_{uuid.uuid4().hex}"
    statement = f"SELECT word FROM {table} WHERE word = %(word)s"
    with pytest.raises(DatabaseError), transaction.atomic():
        trip(statement, values={"word": "a"})
    with connection.cursor() as cursor:
        cursor.execute(f"CREATE TEMPORARY TABLE {table} (word text)")
    assert trip(statement, values={"word": "a"}) == [[]]


def test_what_is_prepared_follows_its_table(db):
    table = f"followed_{uuid.uuid4().hex}"
    statement = f"SELECT word FROM {table} WHERE word = %(word)s"
    with connection.cursor() as cursor:
        cursor.execute(f"CREATE TEMPORARY TABLE {table} (word text)")
        assert trip(statement, values={"word": "a"}) == [[]]
        cursor.execute(f"ALTER TABLE {table} ADD COLUMN number int; CREATE INDEX ON {table} (word)")
        cursor.execute(f"INSERT INTO {table} VALUES ('a', 1)")
    assert trip(statement, values={"word": "a"}) == [[("a",)]]


@pytest.fixture
def altered(transactional_db):
    """Change the type of a column that every request reads, as a migration of another process would."""

    def alter(length):
        with connection.cursor() as cursor:
            cursor.execute(f"ALTER TABLE users ALTER avatar_url TYPE varchar({length})")

    yield lambda: alter(3000)
    alter(2000)
    connection.close()
    connection.close_pool()


def test_who_asks_after_the_type_of_a_column_changed_is_told_to_try_again_and_then_it_works(altered, cast, api):
    client = api(cast.alice)
    assert client.get("/users/@me").status_code == 200
    altered()
    assert client.get("/users/@me").status_code == 503
    connection.close()
    assert client.get("/users/@me").status_code == 200


@pytest.mark.parametrize("meddling", ["DEALLOCATE ALL", "DISCARD ALL"])
def test_statements_that_somebody_dropped_are_of_no_use_once_only(fresh, meddling):
    trip(TWICE, values={"number": 1})
    with connection.cursor() as cursor:
        cursor.execute(meddling)
    with pytest.raises(OperationalError):
        trip(TWICE, values={"number": 2})
    close_old_connections()
    assert trip(TWICE, values={"number": 3}) == [[(6,)]]


@pytest.mark.parametrize("statement", ["SELECT 1; SELECT 2", "SELECT 1 WHERE 'a' LIKE 'a%%'"])
def test_a_statement_that_would_mean_something_else_prepared_is_refused(db, statement):
    with pytest.raises(ValueError, match="One statement in each"):
        trip(statement, values={})


def test_outside_a_transaction_they_succeed_or_fail_together(transactional_db):
    table = f"together_{uuid.uuid4().hex}"
    with connection.cursor() as cursor:
        cursor.execute(f"CREATE TABLE {table} (number int CHECK (number < 10))")
    try:
        insert = f"INSERT INTO {table} VALUES (%(number)s)"
        more = f"INSERT INTO {table} VALUES (%(number)s + 5)"
        trip(insert, more, values={"number": 1})
        with pytest.raises(DatabaseError):
            trip(insert, more, values={"number": 7})
        assert trip(f"SELECT number FROM {table} ORDER BY number", values={}) == [[(1,), (6,)]]
    finally:
        with connection.cursor() as cursor:
            cursor.execute(f"DROP TABLE {table}")
