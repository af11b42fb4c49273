"""Django's own sign-in, which admin's form uses, asks the same questions as ours."""

import pytest
from django.contrib.auth import authenticate, get_user
from django.test import Client, RequestFactory

from accounts.actions import disable
from accounts.backends import PasswordBackend
from accounts.models import User
from together.refusals import TooMany
from together.testing.cast import PASSWORD, Cast


def test_a_name_and_its_password_are_somebody(cast: Cast) -> None:
    assert authenticate(username="BOB", password=PASSWORD) == cast.bob


@pytest.mark.parametrize(
    ("username", "password"),
    [("bob", "wrong"), ("nobody", PASSWORD), ("", PASSWORD), ("bob", ""), (None, None)],
)
def test_anything_else_is_nobody(cast: Cast, username: str | None, password: str | None) -> None:
    assert authenticate(username=username, password=password) is None


def test_a_disabled_person_is_nobody(cast: Cast) -> None:
    assert PasswordBackend().get_user(cast.bob.pk) == cast.bob
    disable(actor=cast.alice, user=cast.bob)
    assert authenticate(username="bob", password=PASSWORD) is None
    assert PasswordBackend().get_user(cast.bob.pk) is None


def test_guessing_is_limited_there_too(cast: Cast, settings) -> None:
    settings.RATE_LIMITS = {"sign_in_name": "2/minute"}
    assert authenticate(username="bob", password="wrong") is None
    assert authenticate(username="bob", password=PASSWORD) == cast.bob
    with pytest.raises(TooMany):
        authenticate(username="bob", password=PASSWORD)
    assert Client().post("/admin/login/", {"username": "bob", "password": PASSWORD}).status_code == 429


def test_people_are_known_by_name_in_any_letters(cast: Cast) -> None:
    assert User.objects.get_by_natural_key("Bob") == cast.bob
    with pytest.raises(User.DoesNotExist):
        User.objects.get_by_natural_key(None)


def test_a_request_without_a_page_session_is_nobody_s(cast: Cast) -> None:
    client = Client()
    client.post("/login", {"username": "bob", "password": PASSWORD})
    request = RequestFactory().get("/")
    request.session = client.session
    assert str(get_user(request)) == "bob"
