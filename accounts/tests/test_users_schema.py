"""What the database itself says about people and their sign-ins."""

from datetime import timedelta

import pytest
from django.db import IntegrityError, connection, transaction
from django.utils import timezone

from accounts.models import Session, User

pytestmark = pytest.mark.django_db


def add_user(**fields):
    with transaction.atomic():
        return User.objects.create(**{"username": "alice", "email": "alice@example.org", **fields})


def test_the_database_refuses_a_second_user_of_the_same_name_in_other_letters():
    add_user()
    with pytest.raises(IntegrityError, match="idx_users_username"):
        add_user(username="ALICE", email="other@example.org")
    add_user(username="alice2", email="other@example.org")


def test_the_database_knows_letters_beyond_ascii():
    add_user(username="Élodie", email=None)
    with pytest.raises(IntegrityError, match="idx_users_username"):
        add_user(username="éLODIE", email=None)


def test_the_database_refuses_a_second_user_of_the_same_address_in_other_letters():
    add_user()
    with pytest.raises(IntegrityError, match="idx_users_email"):
        add_user(username="bob", email="Alice@Example.ORG")
    add_user(username="bob", email="bob@example.org")


def test_any_number_of_users_may_have_no_address():
    add_user(username="bob", email=None)
    add_user(username="charlie", email=None)
    assert User.objects.filter(email=None).count() == 2


def test_the_database_refuses_a_status_that_does_not_exist():
    with pytest.raises(IntegrityError, match="users_status_valid"):
        add_user(status="busy")
    for status in ("online", "away", "dnd", "offline"):
        assert add_user(username=status, email=None, status=status).status == status


def test_one_refresh_token_belongs_to_one_session_and_page_sessions_have_none():
    user, later = add_user(), timezone.now() + timedelta(days=1)
    Session.objects.create(user=user, expires_at=later)
    Session.objects.create(user=user, expires_at=later)
    Session.objects.create(user=user, expires_at=later, refresh_token_hash="a" * 64)
    with pytest.raises(IntegrityError, match="idx_sessions_refresh_token_hash"), transaction.atomic():
        Session.objects.create(user=user, expires_at=later, refresh_token_hash="a" * 64)


def test_deleting_a_user_with_plain_sql_takes_their_sessions_with_it():
    alice, bob = add_user(), add_user(username="bob", email=None)
    for user in (alice, bob):
        Session.objects.create(user=user, expires_at=timezone.now())
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM users WHERE id = %s", [alice.pk])
    assert [session.user for session in Session.objects.all()] == [bob]
