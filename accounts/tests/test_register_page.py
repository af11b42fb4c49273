"""Signing up by page."""

import pytest

from accounts.models import Session, User
from together.testing.cast import PASSWORD, Cast
from together.testing.pages import browse, text_of


def test_somebody_signs_up_and_is_signed_in(db: None) -> None:
    client = browse()
    answer = client.post("/register", {"username": "dora", "email": "", "password": PASSWORD})
    assert (answer.status_code, answer["Location"]) == (302, "/")
    user = User.objects.get(username="dora")
    assert user.email is None
    assert Session.objects.live().filter(user=user).exists()
    assert client.get("/servers").status_code == 200


def test_a_taken_name_is_told_and_nothing_typed_is_lost(cast: Cast) -> None:
    wanted = {"username": "ALICE", "email": "a@example.com", "password": PASSWORD}
    answer = browse().post("/register", wanted)
    assert answer.status_code == 409
    assert "That username is taken." in text_of(answer)
    assert 'value="a@example.com"' in text_of(answer)


@pytest.mark.parametrize(
    ("changed", "sentence"),
    [
        ({"username": "a b"}, "Use letters, digits and the underscore only."),
        ({"username": "x"}, "at least 2 characters"),
        ({"username": ""}, "This field is required."),
        ({"username": "é" * 5}, "Use letters, digits and the underscore only."),
        ({"username": "\u202eecila"}, "Use letters, digits and the underscore only."),
        ({"email": "nonsense"}, "Enter a valid e-mail address."),
        ({"password": "short"}, "at least 8 characters"),
        ({"password": "password123"}, "too common"),
        ({"password": "x" * 200}, "at most 128 characters"),
    ],
)
def test_what_breaks_a_rule_is_said_beside_its_field(db: None, changed: dict[str, str], sentence: str) -> None:
    wanted = {"username": "dora", "email": "dora@example.com", "password": PASSWORD}
    answer = browse().post("/register", {**wanted, **changed})
    [field] = changed
    assert answer.status_code == 400
    assert sentence in text_of(answer)
    assert f'id="id_{field}_error"' in text_of(answer)
    assert not User.objects.exists()


def test_what_was_typed_is_shown_as_text(db: None) -> None:
    answer = browse().post("/register", {"username": '"><script>alert(1)</script>', "password": "x"})
    assert "<script>alert" not in text_of(answer)
    assert "&lt;script&gt;alert" in text_of(answer)
