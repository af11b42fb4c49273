"""Signing in and out by page."""

import pytest
from django.test import override_settings

from accounts.models import Session
from together import limits
from together.testing.cast import PASSWORD, Cast
from together.testing.pages import browse, text_of, token_of


def test_a_person_signs_in_and_their_page_session_is_a_row(cast: Cast) -> None:
    client = browse()
    answer = client.post("/login", {"username": "Alice", "password": PASSWORD}, headers={"User-Agent": "Firefox"})
    assert (answer.status_code, answer["Location"]) == (302, "/")
    session = Session.objects.live().get(user=cast.alice)
    assert session.client == "Firefox"
    assert client.get("/sessions").status_code == 200


def test_a_wrong_password_keeps_the_name_that_was_typed(cast: Cast) -> None:
    answer = browse().post("/login", {"username": "alice", "password": "wrong"})
    assert answer.status_code == 401
    assert 'value="alice"' in text_of(answer)
    assert "The username or the password is wrong." in text_of(answer)
    assert not Session.objects.filter(user=cast.alice).exists()


def test_an_unknown_name_gets_the_same_answer(cast: Cast) -> None:
    known = browse().post("/login", {"username": "alice", "password": "wrong"})
    unknown = browse().post("/login", {"username": "nobody", "password": "wrong"})
    assert known.status_code == unknown.status_code
    assert "The username or the password is wrong." in text_of(unknown)


@pytest.mark.parametrize(
    "garbage", ["", "username=%00&password=x", "username=" + "a" * 9000, "username=%ED%A0%80&password=%FF", "a&&=;%"]
)
def test_garbage_gets_the_form_again(db: None, garbage: str) -> None:
    answer = browse().post("/login", garbage, content_type="application/x-www-form-urlencoded")
    assert 400 <= answer.status_code < 500
    assert "<form" in text_of(answer)


def test_who_must_sign_in_is_brought_back_afterwards(cast: Cast) -> None:
    client = browse()
    wanted = f"/channels/{cast.server.pk}/{cast.general.pk}"
    asked = client.get(wanted)
    assert (asked.status_code, asked["Location"]) == (302, f"/login?next={wanted}")
    answer = client.post("/login", {"username": "alice", "password": PASSWORD, "next": wanted})
    assert answer["Location"] == wanted


@pytest.mark.parametrize(
    "elsewhere",
    ["https://evil.example/", "//evil.example", "/\\evil.example", "javascript:alert(1)", "evil", "/" * 3000],
)
def test_nobody_is_sent_to_another_site(cast: Cast, elsewhere: str) -> None:
    answer = browse().post(f"/login?next={elsewhere}", {"username": "alice", "password": PASSWORD, "next": elsewhere})
    assert (answer.status_code, answer["Location"]) == (302, "/")


def test_without_the_token_of_the_form_nothing_happens(cast: Cast) -> None:
    client = browse(enforce_csrf_checks=True)
    refused = client.post("/login", {"username": "alice", "password": PASSWORD})
    assert refused.status_code == 403
    assert not Session.objects.exists()
    wanted = {"username": "alice", "password": PASSWORD, "csrfmiddlewaretoken": token_of(client, "/login")}
    assert client.post("/login", wanted).status_code == 302


def test_the_token_changes_with_the_sign_in(cast: Cast) -> None:
    client = browse()
    token_of(client, "/login")
    before = client.cookies["csrftoken"].value
    client.post("/login", {"username": "alice", "password": PASSWORD})
    assert client.cookies["csrftoken"].value != before


def test_too_many_attempts_are_refused_with_a_time_to_wait(cast: Cast) -> None:
    with override_settings(RATE_LIMITS={**_limits(), "sign_in_account": "2/minute"}):
        limits.forget()
        client = browse()
        for _attempt in range(2):
            assert client.post("/login", {"username": "alice", "password": "wrong"}).status_code == 401
        answer = client.post("/login", {"username": "alice", "password": PASSWORD})
    assert answer.status_code == 429
    assert int(answer["Retry-After"]) > 0
    assert "<form" in text_of(answer)


def test_a_disabled_person_stays_outside(cast: Cast) -> None:
    cast.bob.disabled_at = cast.bob.created_at
    cast.bob.save()
    assert browse().post("/login", {"username": "bob", "password": PASSWORD}).status_code == 403


def test_signing_out_ends_the_row_and_the_cookie(cast: Cast) -> None:
    client = browse(cast.alice)
    kept = client.cookies["sessionid"].value
    assert client.post("/logout")["Location"] == "/login"
    assert not Session.objects.live().filter(user=cast.alice).exists()
    client.cookies["sessionid"] = kept
    assert client.get("/sessions").status_code == 302


def test_signing_out_takes_a_post(cast: Cast) -> None:
    client = browse(cast.alice)
    assert client.get("/logout").status_code == 405
    assert client.get("/sessions").status_code == 200


def test_who_is_signed_in_is_not_asked_again(cast: Cast) -> None:
    client = browse(cast.alice)
    assert client.get("/login")["Location"] == "/"
    assert client.get("/register")["Location"] == "/"


def test_a_sign_in_to_admin_is_a_session_like_any_other(cast: Cast) -> None:
    client = browse()
    answer = client.post("/admin/login/", {"username": "alice", "password": PASSWORD, "next": "/admin/"})
    assert answer.status_code == 302
    session = Session.objects.live().get(user=cast.alice)
    assert client.get("/admin/").status_code == 200
    Session.objects.filter(pk=session.pk).update(revoked_at=session.created_at)
    assert client.get("/admin/").status_code == 302


def _limits() -> dict[str, str]:
    from django.conf import settings

    return dict(settings.RATE_LIMITS)
