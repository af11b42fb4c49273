"""POST /auth/change-password: a new password for somebody who knows the old one."""

import pytest

from accounts.actions import sign_in
from together.testing.cast import PASSWORD

NEW = "another long one"
BODY = {"current_password": PASSWORD, "new_password": NEW}


def test_the_new_password_works_and_the_old_one_no_longer(api, cast):
    assert api(cast.bob).post("/auth/change-password", BODY).status_code == 200
    for password, status in ((NEW, 200), (PASSWORD, 401)):
        answer = api().post("/auth/login", {"username": "bob", "password": password})
        assert answer.status_code == status


def test_all_other_sign_ins_end_at_once_and_this_one_stays(api, cast, told):
    here, _token = sign_in(user=cast.bob)
    there, refresh = sign_in(user=cast.bob)
    bob = api(cast.bob, session=here)

    bob.post("/auth/change-password", BODY)

    assert bob.get("/users/@me").status_code == 200
    assert api(cast.bob, session=there).get("/users/@me").status_code == 401
    assert api().post("/auth/refresh", {"refresh_token": refresh}).status_code == 401
    [ended] = told()
    assert (ended.name, ended.audiences) == ("@sessions_ended", [f"session:{there.pk}"])


def test_a_wrong_current_password_changes_nothing(api, cast, told):
    answer = api(cast.bob).post("/auth/change-password", {**BODY, "current_password": "wrong"})
    assert (answer.status_code, set(answer.json()["fields"])) == (400, {"current_password"})
    assert api().post("/auth/login", {"username": "bob", "password": PASSWORD}).status_code == 200
    assert told() == []


@pytest.mark.parametrize("password", ["short", "x" * 129, "iloveyou", "bob@example"])
def test_a_bad_new_password_is_refused(api, cast, password):
    answer = api(cast.bob).post("/auth/change-password", {**BODY, "new_password": password})
    assert (answer.status_code, set(answer.json()["fields"])) == (400, {"new_password"})


@pytest.mark.parametrize("body", [{}, {"current_password": PASSWORD}, {**BODY, "new_password": 12345678}])
def test_a_body_of_the_wrong_shape_is_422(api, cast, body):
    assert api(cast.bob).post("/auth/change-password", body).status_code == 422


def test_nobody_can_change_a_password_without_being_signed_in(api, cast):
    assert api().post("/auth/change-password", BODY).status_code == 401
