"""Forgotten and changed passwords by page."""

import re
import threading
from collections.abc import Callable
from typing import Any

import pytest
from django.core import mail
from django.test import Client

from accounts import resets
from accounts.models import Session
from together.testing.cast import PASSWORD, Cast
from together.testing.pages import browse, text_of

NEW = "a much better one"
Posted = Callable[[], list[Any]]


@pytest.fixture
def posted(transactional_db: None) -> Posted:
    """The mails that were sent, once all are: a thread of its own sends them."""
    return lambda: resets._post.submit(lambda: list(mail.outbox)).result(timeout=5)


def test_the_mailed_link_sets_a_new_password_once(cast: Cast, posted: Posted) -> None:
    client = browse()
    elsewhere = browse(cast.alice)
    assert client.post("/password/forgot", {"email": "Alice@example.org"}).status_code == 200
    [letter] = posted()
    link = _link(letter.body)
    assert client.get(link).status_code == 200
    assert client.post(link, {"new_password": NEW}).status_code == 302
    assert elsewhere.get("/sessions").status_code == 302
    assert client.post("/login", {"username": "alice", "password": NEW}).status_code == 302
    assert client.get(link).status_code == 404
    assert client.post(link, {"new_password": PASSWORD}).status_code == 404


def test_the_answer_does_not_tell_whether_somebody_has_an_address(cast: Cast, posted: Posted) -> None:
    known = browse().post("/password/forgot", {"email": "alice@example.org"})
    unknown = browse().post("/password/forgot", {"email": "nobody@example.org"})
    assert known.status_code == unknown.status_code == 200
    assert _said(known) == _said(unknown)
    assert len(posted()) == 1


@pytest.mark.parametrize("email", ["", "nonsense", "a" * 400 + "@example.org", "a\x00@example.org"])
def test_what_is_no_address_gets_the_form_again(db: None, email: str) -> None:
    answer = browse().post("/password/forgot", {"email": email})
    assert answer.status_code == 400
    assert "<form" in text_of(answer)


def test_a_weak_new_password_leaves_the_link_alive(cast: Cast, posted: Posted) -> None:
    browse().post("/password/forgot", {"email": "alice@example.org"})
    link = _link(posted()[0].body)
    refused = browse().post(link, {"new_password": "password"})
    assert refused.status_code == 400
    assert "too common" in text_of(refused)
    assert browse().post(link, {"new_password": NEW}).status_code == 302


def test_the_link_is_told_to_no_other_site_and_its_form_still_says_where_it_comes_from(
    cast: Cast, posted: Posted
) -> None:
    """`no-referrer` would make browsers post from the origin `null`, which the check against forgery refuses."""
    browse().post("/password/forgot", {"email": "alice@example.org"})
    assert browse().get(_link(posted()[0].body))["Referrer-Policy"] == "same-origin"


@pytest.mark.parametrize("token", ["x", "a.b.c", "0" * 32 + ".abc", "%F0%9F%98%80", "é"])
def test_a_made_up_link_is_refused(db: None, token: str) -> None:
    assert browse().get(f"/password/reset/{token}").status_code == 404


def test_changing_the_password_keeps_this_sign_in_and_ends_the_others(cast: Cast) -> None:
    here, elsewhere = browse(cast.alice), browse(cast.alice)
    answer = here.post("/password/change", {"current_password": PASSWORD, "new_password": NEW})
    assert (answer.status_code, answer["Location"]) == (302, "/sessions")
    assert here.get("/sessions").status_code == 200
    assert elsewhere.get("/sessions").status_code == 302


def test_the_current_password_is_asked_for(cast: Cast) -> None:
    client = browse(cast.alice)
    answer = client.post("/password/change", {"current_password": "wrong", "new_password": NEW})
    assert answer.status_code == 400
    assert "This is not your current password." in text_of(answer)
    assert Session.objects.live().filter(user=cast.alice).count() == 1


def test_changing_takes_a_sign_in(cast: Cast) -> None:
    answer = browse().post("/password/change", {"current_password": PASSWORD, "new_password": NEW})
    assert answer["Location"].startswith("/login")


def _link(body: str) -> str:
    found = re.search(r"https?://[^/\s]+(/password/reset/\S+)", body)
    assert found
    return found[1]


def _said(response: object) -> str:
    return re.sub(r'value="\w+"', "", text_of(response)).partition("<main")[2]


@pytest.mark.parametrize("limit", ["sign_in_address", "sign_in_account"])
def test_asking_for_mails_is_limited_per_household_and_per_address(
    cast: Cast, posted: Posted, settings: Any, limit: str
) -> None:
    settings.RATE_LIMITS = {limit: "2/minute"}

    def ask(number: int) -> int:
        # One household of IPv6, or else many places that ask for one address.
        place = f"2001:db8::{number}" if limit == "sign_in_address" else f"192.0.2.{number}"
        client = Client(REMOTE_ADDR=place)
        return client.post("/password/forgot", {"email": "alice@example.org"}).status_code

    assert [ask(number) for number in range(1, 5)] == [200, 200, 429, 429]
    posted()


def test_when_too_many_mails_wait_people_are_asked_to_wait_too(
    cast: Cast, posted: Posted, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(resets, "_room", threading.BoundedSemaphore(1))
    assert resets._room.acquire()
    assert browse().post("/password/forgot", {"email": "alice@example.org"}).status_code == 429
    resets._room.release()
    assert browse().post("/password/forgot", {"email": "alice@example.org"}).status_code == 200
    assert len(posted()) == 1
