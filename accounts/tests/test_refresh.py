"""POST /auth/refresh: a refresh token for its successor, which nobody can use twice unnoticed."""

import time
from datetime import timedelta

import pytest
from django.db import transaction
from django.utils import timezone

from accounts.actions import GRACE, sign_in
from accounts.models import Session, User
from accounts.tokens import access_token
from together.testing.cast import PASSWORD, make_cast
from together.testing.threads import at_once


@pytest.fixture
def session(cast):
    return sign_in(user=cast.bob)


def refresh(api, token):
    return api().post("/auth/refresh", {"refresh_token": token})


def later(session, by):
    """As if the last rotation had been that long ago."""
    Session.objects.filter(pk=session.pk).update(rotated_at=timezone.now() - by)


def test_a_refresh_gives_another_refresh_token_and_an_access_token_that_works(api, cast, session):
    answer = refresh(api, session[1])

    assert answer.status_code == 200
    assert answer.json()["refresh_token"] != session[1]
    assert answer.json()["user"]["id"] == str(cast.bob.pk)
    assert api(token=answer.json()["access_token"]).get("/users/@me").status_code == 200


def test_a_successor_can_be_refreshed_in_turn(api, session):
    token, seen = session[1], {session[1]}
    for _ in range(3):
        answer = refresh(api, token)
        assert answer.status_code == 200
        token = answer.json()["refresh_token"]
        assert token not in seen
        seen.add(token)


def test_within_the_grace_the_predecessor_gets_the_same_successor_again(api, session):
    first, second = refresh(api, session[1]), refresh(api, session[1])
    assert first.json()["refresh_token"] == second.json()["refresh_token"]
    assert Session.objects.get(pk=session[0].pk).generation == 1


def test_after_the_grace_a_reused_token_ends_the_whole_sign_in(api, session, told):
    row, old = session
    current = refresh(api, old).json()
    later(row, GRACE + timedelta(seconds=1))
    told()

    assert refresh(api, old).status_code == 401

    assert api(token=current["access_token"]).get("/users/@me").status_code == 401
    assert refresh(api, current["refresh_token"]).status_code == 401
    [ended] = told()
    assert (ended.name, ended.audiences) == ("@sessions_ended", [f"session:{row.pk}"])


def test_an_older_token_ends_the_sign_in_even_within_the_grace(api, session):
    second = refresh(api, session[1]).json()["refresh_token"]
    third = refresh(api, second).json()

    assert refresh(api, session[1]).status_code == 401
    assert api(token=third["access_token"]).get("/users/@me").status_code == 401


def test_the_end_of_one_family_leaves_the_other_sign_ins_of_the_person(api, cast, session):
    other, _token = sign_in(user=cast.bob)
    second = refresh(api, session[1]).json()["refresh_token"]
    refresh(api, second)
    refresh(api, session[1])
    assert api(cast.bob, session=other).get("/users/@me").status_code == 200


def test_an_access_token_does_not_refresh(api, cast, session):
    assert refresh(api, access_token(cast.bob, session[0])).status_code == 401


def test_a_refresh_token_is_no_credential(api, session):
    assert api(token=session[1]).get("/users/@me").status_code == 401
    assert refresh(api, session[1]).status_code == 200


def test_an_ended_and_an_expired_sign_in_cannot_be_refreshed(api, cast, session):
    _row, token = sign_in(user=cast.bob)
    Session.objects.filter(pk=session[0].pk).update(expires_at=timezone.now() - timedelta(seconds=1))
    Session.objects.exclude(pk=session[0].pk).update(revoked_at=timezone.now())
    assert refresh(api, session[1]).status_code == 401
    assert refresh(api, token).status_code == 401


def test_a_disabled_account_cannot_be_refreshed(api, cast, session):
    User.objects.filter(pk=cast.bob.pk).update(disabled_at=timezone.now())
    answer = refresh(api, session[1])
    assert answer.status_code == 403
    assert "disabled" in answer.json()["error"]
    User.objects.filter(pk=cast.bob.pk).update(disabled_at=None)
    assert refresh(api, session[1]).status_code == 200


def test_a_deleted_account_cannot_be_refreshed(api, cast, session):
    User.objects.filter(pk=cast.bob.pk).delete()
    assert refresh(api, session[1]).status_code == 401


@pytest.mark.parametrize(
    ("body", "status"),
    [
        ({}, 422),
        ({"refresh_token": 1}, 422),
        ({"refresh_token": ""}, 400),
        ({"refresh_token": "x" * 2049}, 400),
        ({"refresh_token": "nonsense"}, 401),
        ({"refresh_token": "a.b.c"}, 401),
    ],
)
def test_other_bodies_are_refused(api, db, body, status):
    answer = api().post("/auth/refresh", body)
    assert answer.status_code == status
    assert isinstance(answer.json()["error"], str)


def test_only_a_hash_of_the_token_is_stored(session):
    row = Session.objects.get(pk=session[0].pk)
    assert session[1] not in str(row.__dict__)
    assert len(row.refresh_token_hash) == 64


@pytest.mark.django_db(transaction=True)
def test_twenty_simultaneous_refreshes_of_one_token_give_one_successor(api):
    cast = make_cast()
    row, token = sign_in(user=cast.bob)

    answers = at_once(20, lambda _: refresh(api, token))

    assert {answer.status_code for answer in answers} == {200}
    [successor] = {answer.json()["refresh_token"] for answer in answers}
    assert Session.objects.get(pk=row.pk).generation == 1
    assert refresh(api, successor).status_code == 200


@pytest.mark.django_db(transaction=True)
def test_refreshes_that_wait_for_each_other_over_a_second_and_more_give_one_successor(api):
    row, token = sign_in(user=make_cast().bob)

    def act(number):
        if number:
            # What a token says is told in seconds: only refreshes of different seconds can tell that they take turns.
            time.sleep(0.2 * number)
            return refresh(api, token).json()["refresh_token"]
        with transaction.atomic():
            Session.objects.select_for_update().get(pk=row.pk)
            time.sleep(1.8)
        return None

    _none, *successors = at_once(8, act)
    assert len(set(successors)) == 1


@pytest.mark.django_db(transaction=True)
def test_a_refresh_and_a_logout_at_once_leave_nothing_that_works(api):
    cast = make_cast()
    row, token = sign_in(user=cast.bob)
    person = api(cast.bob, session=row)

    answers = at_once(10, lambda n: refresh(api, token) if n % 2 else person.post("/auth/logout"))

    assert {answer.status_code for answer in answers} <= {200, 204, 401}
    for answer in answers:
        if answer.status_code == 200:
            assert api(token=answer.json()["access_token"]).get("/users/@me").status_code == 401
            assert refresh(api, answer.json()["refresh_token"]).status_code == 401


def test_the_password_of_the_cast_is_not_in_any_answer(api, cast, session):
    assert PASSWORD not in refresh(api, session[1]).content.decode()
