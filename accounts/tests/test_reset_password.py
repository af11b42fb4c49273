"""POST /auth/reset-password: a token sets a new password, once, and ends every sign-in."""

from datetime import timedelta

import pytest
from django.conf import settings
from django.utils import timezone

from accounts.actions import change_password, disable, reset_password, sign_in
from accounts.models import User
from accounts.resets import generator, only_reset_token, reset_token
from together.refusals import NotFound
from together.testing.cast import PASSWORD, make_cast
from together.testing.threads import at_once

NEW = "another long one"


def reset(api, token, password=NEW):
    return api().post("/auth/reset-password", {"token": token, "new_password": password})


def login(api, password):
    return api().post("/auth/login", {"username": "bob", "password": password}).status_code


def test_the_new_password_works_and_the_old_one_no_longer(api, cast):
    answer = reset(api, reset_token(cast.bob))
    assert answer.status_code == 200
    assert isinstance(answer.json()["message"], str)
    assert login(api, NEW) == 200
    assert login(api, PASSWORD) == 401


def test_every_sign_in_ends_at_once(api, cast, told):
    sessions = [sign_in(user=cast.bob)[0] for _ in range(3)]
    bystander = api(cast.charlie)
    reset(api, reset_token(cast.bob))

    assert [api(cast.bob, session=session).get("/users/@me").status_code for session in sessions] == [401] * 3
    assert bystander.get("/users/@me").status_code == 200
    [ended] = told()
    assert ended.name == "@sessions_ended"
    assert set(ended.audiences) == {f"session:{session.pk}" for session in sessions}


def test_a_token_works_once(api, cast):
    token = reset_token(cast.bob)
    assert reset(api, token).status_code == 200
    assert reset(api, token, "yet another one").status_code == 401


def test_a_newer_token_takes_the_place_of_an_older_one(api, cast):
    older, newer = reset_token(cast.bob), only_reset_token(cast.bob)
    assert reset(api, older).status_code == 401
    assert reset(api, newer).status_code == 200


def test_a_mail_that_somebody_asks_for_leaves_earlier_links_as_they_are(api, cast):
    mailed, asked = reset_token(cast.bob), reset_token(cast.bob)
    assert asked
    assert reset(api, mailed).status_code == 200


def test_a_token_is_worth_nothing_after_another_change_of_the_password(api, cast):
    token = reset_token(cast.bob)
    change_password(actor=cast.bob, current=PASSWORD, new=NEW, address=None)
    assert reset(api, token).status_code == 401


def test_a_token_lasts_an_hour(api, cast, monkeypatch):
    token, made = reset_token(cast.bob), timezone.now().replace(tzinfo=None)
    for seconds, status in ((settings.PASSWORD_RESET_TIMEOUT + 60, 401), (settings.PASSWORD_RESET_TIMEOUT - 60, 200)):
        moment = made + timedelta(seconds=seconds)
        monkeypatch.setattr(generator, "_now", lambda moment=moment: moment)
        assert reset(api, token).status_code == status


def test_a_disabled_account_cannot_be_reset(api, cast):
    token = reset_token(cast.bob)
    disable(actor=cast.alice, user=cast.bob)
    assert reset(api, token).status_code == 401


def test_tokens_of_others_and_nonsense_are_refused_alike(api, cast):
    name, _dot, secret = reset_token(cast.bob).partition(".")
    for token in ("", "nonsense", f"{cast.alice.pk.hex}.{secret}", f"{name}.", f"{name}.x-y", "0" * 32 + f".{secret}"):
        answer = reset(api, token)
        assert answer.status_code == 401
        assert set(answer.json()) == {"error"}


@pytest.mark.parametrize("password", ["short", "x" * 129, "iloveyou"])
def test_a_bad_password_is_refused_before_the_token_and_does_not_use_it_up(api, cast, password):
    token = reset_token(cast.bob)
    answer = reset(api, token, password)
    assert (answer.status_code, set(answer.json()["fields"])) == (400, {"new_password"})
    assert reset(api, token).status_code == 200


def test_a_length_rule_is_looked_at_before_the_token(api, cast):
    assert reset(api, "nonsense", "short").status_code == 400


@pytest.mark.parametrize(
    "body", [{}, {"token": "x"}, {"token": 1, "new_password": NEW}, {"token": "x", "new_password": None}]
)
def test_a_body_of_the_wrong_shape_is_422(api, db, body):
    assert api().post("/auth/reset-password", body).status_code == 422


@pytest.mark.django_db(transaction=True)
def test_of_two_simultaneous_uses_of_one_token_one_wins(api):
    token = reset_token(make_cast().bob)
    answers = at_once(6, lambda number: reset(api, token, f"another long one {number}").status_code)

    assert sorted(answers) == [200] + [401] * 5
    assert login(api, f"another long one {answers.index(200)}") == 200
    assert User.objects.get(username="bob").check_password(PASSWORD) is False


def test_an_account_that_has_just_gone_gets_no_password(cast):
    reset_password(user=cast.bob, new="another correct horse")
    User.objects.filter(pk=cast.charlie.pk).delete()
    with pytest.raises(NotFound):
        reset_password(user=cast.charlie, new="another correct horse")
