"""The first human account of an instance becomes its administrator, nobody after it."""

import pytest

from accounts.models import User
from together.testing.cast import PASSWORD
from together.testing.threads import at_once


def register(api, name):
    return api().post("/auth/register", {"username": name, "password": PASSWORD}).json()["user"]


def test_the_first_to_register_is_the_administrator_and_the_second_is_not(api):
    assert register(api, "first")["is_admin"] is True
    assert register(api, "second")["is_admin"] is False


def test_bots_do_not_count(api):
    User.objects.create(username="helper-bot-12345678", is_bot=True)
    assert register(api, "first")["is_admin"] is True


def test_a_disabled_account_counts(api):
    register(api, "first")
    User.objects.update(disabled_at="2026-01-01T00:00Z")
    assert register(api, "second")["is_admin"] is False


@pytest.mark.django_db(transaction=True)
def test_of_ten_simultaneous_registrations_exactly_one_becomes_administrator(api):
    users = at_once(10, lambda number: register(api, f"user{number}"))

    assert [user["is_admin"] for user in users].count(True) == 1
    assert User.objects.filter(is_admin=True).count() == 1
    assert User.objects.get(is_admin=True) == User.objects.order_by("created_at").get(is_admin=True)
