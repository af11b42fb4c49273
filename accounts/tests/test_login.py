"""POST /auth/login: a name and a password for tokens."""

from unittest.mock import patch

import pytest
from django.contrib.auth.hashers import get_hasher
from django.test import Client

from accounts import actions
from accounts.models import Session, User
from accounts.passwords import check
from together.refusals import Forbidden, Unauthorized
from together.testing.cast import PASSWORD
from together.testing.threads import at_once


def login(api, username="alice", password=PASSWORD):
    return api().post("/auth/login", {"username": username, "password": password})


def test_the_right_password_signs_in_with_the_documented_shape(api, cast):
    answer = login(api)

    assert answer.status_code == 200
    assert set(answer.json()) == {"access_token", "refresh_token", "user"}
    assert answer.json()["user"]["id"] == str(cast.alice.pk)
    assert api(token=answer.json()["access_token"]).get("/users/@me").status_code == 200


def test_the_name_counts_in_any_letters(api, cast):
    assert login(api, username="ALICE").status_code == 200


def test_an_unknown_name_and_a_wrong_password_are_refused_alike(api, cast):
    unknown, wrong = login(api, username="nobody"), login(api, password="wrong")
    assert unknown.status_code == wrong.status_code == 401
    assert unknown.json() == wrong.json()
    assert set(unknown.headers) == set(wrong.headers)


@pytest.mark.parametrize("username", ["alice", "nobody", "helper"])
@pytest.mark.parametrize("password", ["wrong", "x" * 5000])
def test_an_unknown_name_costs_the_same_work_as_a_known_one(cast, username, password):
    User.objects.create_user("helper", PASSWORD, is_bot=True)
    hasher = type(get_hasher())
    watch = patch.object(hasher, "encode", autospec=True, side_effect=hasher.encode)
    with watch as hashing, pytest.raises(Unauthorized):
        check(username, password)
    assert hashing.call_count == 1
    assert len(hashing.call_args.args[1]) == min(len(password), 128)


def test_a_bot_cannot_sign_in_with_a_password(api, cast):
    User.objects.create_user("helper", PASSWORD, is_bot=True)
    assert login(api, username="helper").status_code == 401


def test_a_disabled_account_is_told_so_only_with_the_right_password(api, cast):
    actions.disable(actor=cast.alice, user=cast.bob)
    right, wrong = login(api, username="bob"), login(api, username="bob", password="wrong")
    assert right.status_code == 403
    assert "disabled" in right.json()["error"]
    assert wrong.status_code == 401


@pytest.mark.parametrize(
    ("body", "status"),
    [
        ({"username": "alice"}, 422),
        ({"username": "alice", "password": 1}, 422),
        ({"username": None, "password": PASSWORD}, 422),
        ({"username": "", "password": PASSWORD}, 400),
        ({"username": "alice", "password": ""}, 400),
        ({"username": "a" * 129, "password": PASSWORD}, 400),
        ({"username": "alice", "password": "a" * 129}, 400),
        ({"username": "alice\x00", "password": PASSWORD}, 400),
    ],
)
def test_other_bodies_are_refused(api, cast, body, status):
    answer = api().post("/auth/login", body)
    assert answer.status_code == status
    assert answer.json()["fields"]


def test_a_sign_in_remembers_what_made_it(api, cast):
    api().client.post(
        "/api/auth/login",
        {"username": "bob", "password": PASSWORD},
        content_type="application/json",
        headers={"User-Agent": "Shell\x00\x07/1 " + "x" * 300},
    )
    client = Session.objects.get(user=cast.bob).client
    assert client.startswith("Shell/1 xxx")
    assert len(client) <= 200


def test_the_eleventh_sign_in_ends_the_oldest(api, cast, told):
    first = login(api).json()["access_token"]
    others = [login(api).json()["access_token"] for _ in range(9)]
    told()
    assert api(token=first).get("/users/@me").status_code == 200

    eleventh = login(api).json()["access_token"]

    assert api(token=first).get("/users/@me").status_code == 401
    assert all(api(token=token).get("/users/@me").status_code == 200 for token in [*others, eleventh])
    [ended] = told()
    oldest = Session.objects.get(revoked_at__isnull=False)
    assert (ended.name, ended.audiences) == ("@sessions_ended", [f"session:{oldest.pk}"])


@pytest.mark.django_db(transaction=True)
def test_simultaneous_sign_ins_keep_to_the_limit(api, cast):
    answers = at_once(14, lambda _: login(api))
    assert {answer.status_code for answer in answers} == {200}
    assert Session.objects.live().filter(user=cast.alice).count() == 10


def test_a_password_that_changed_after_it_was_checked_signs_nobody_in(cast):
    checked = check("bob", PASSWORD)
    actions.change_password(actor=cast.bob, current=PASSWORD, new="another long one", address=None)
    with pytest.raises(Unauthorized):
        actions.sign_in(user=checked)
    assert actions.sign_in(user=check("bob", "another long one"))


def test_an_account_that_was_disabled_after_the_check_is_not_signed_in(cast):
    checked = check("bob", PASSWORD)
    actions.disable(actor=cast.alice, user=cast.bob)
    with pytest.raises(Unauthorized):
        actions.sign_in(user=checked)
    with pytest.raises(Forbidden):
        check("bob", PASSWORD)


def test_a_stranger_s_guesses_do_not_keep_the_right_person_out(cast, settings):
    settings.RATE_LIMITS = {"sign_in_account": "3/minute", "sign_in_name": "20/minute"}

    def login(address: str, password: str) -> int:
        body = {"username": "bob", "password": password}
        client = Client(REMOTE_ADDR=address)
        return client.post("/api/auth/login", body, content_type="application/json").status_code

    assert [login("192.0.2.1", "wrong guess") for _ in range(5)] == [401, 401, 401, 429, 429]
    assert login("192.0.2.2", PASSWORD) == 200
    # All places together are limited too.
    tries = [login(f"198.51.100.{number}", "wrong guess") for number in range(30)]
    assert tries[0] == 401
    assert tries[-1] == 429
