"""POST /auth/forgot-password (an administrator hands a token over) and /auth/mail-reset (people ask for a mail)."""

import pytest
from django.core import mail
from django.db import transaction

from accounts import resets
from accounts.actions import disable
from accounts.models import User
from together.testing.cast import PASSWORD


@pytest.fixture
def posted(transactional_db):
    """The mails that were sent, once all are."""
    return lambda: resets._post.submit(lambda: list(mail.outbox)).result(timeout=5)


def test_an_administrator_gets_a_token_to_hand_over(api, cast):
    answer = api(cast.alice).post("/auth/forgot-password", {"email": "BOB@example.org"})

    assert answer.status_code == 200
    assert set(answer.json()) == {"message", "token", "expires_in_seconds", "note"}
    assert answer.json()["expires_in_seconds"] == 3600
    body = {"token": answer.json()["token"], "new_password": "another long one"}
    assert api().post("/auth/reset-password", body).status_code == 200


def test_others_get_none(api, cast):
    assert api().post("/auth/forgot-password", {"email": "bob@example.org"}).status_code == 401
    answer = api(cast.bob).post("/auth/forgot-password", {"email": "bob@example.org"})
    assert answer.status_code == 403
    assert "token" not in answer.json()


def test_a_disabled_administrator_gets_none(api, cast):
    User.objects.filter(pk=cast.bob.pk).update(is_admin=True)
    bob = api(cast.bob)
    disable(actor=cast.alice, user=cast.bob)
    assert bob.post("/auth/forgot-password", {"email": "bob@example.org"}).status_code == 401


def test_an_address_that_nobody_has_is_404(api, cast):
    assert api(cast.alice).post("/auth/forgot-password", {"email": "nobody@example.org"}).status_code == 404


@pytest.mark.parametrize(("body", "status"), [({"email": "nonsense"}, 400), ({"email": ""}, 400), ({}, 422)])
def test_a_bad_address_is_refused_before_anything_else_is_asked(api, cast, body, status):
    assert api(cast.alice).post("/auth/forgot-password", body).status_code == status
    assert api(cast.bob).post("/auth/forgot-password", body).status_code == status


def test_a_link_that_works_is_mailed(api, cast, posted, settings):
    settings.PUBLIC_URL = "https://chat.example.org"
    answer = api().post("/auth/mail-reset", {"email": "bob@example.org"})

    assert answer.status_code == 200
    [message] = posted()
    assert message.to == ["bob@example.org"]
    [link] = [word for word in message.body.split() if word.startswith("https://chat.example.org/")]
    token = link.rstrip("/").rsplit("/", 1)[1]
    with transaction.atomic():
        assert resets.user_of_reset(token) == cast.bob


def test_the_answer_is_the_same_when_nobody_has_the_address(api, cast, posted):
    known = api().post("/auth/mail-reset", {"email": "bob@example.org"})
    posted()
    mail.outbox.clear()
    unknown = api().post("/auth/mail-reset", {"email": "nobody@example.org"})
    assert (known.status_code, known.json()) == (unknown.status_code, unknown.json())
    assert posted() == []


def test_the_host_that_was_asked_is_not_in_the_link(api, cast, posted, settings):
    settings.ALLOWED_HOSTS = ["*"]
    body, kind = {"email": "bob@example.org"}, "application/json"
    api().client.post("/api/auth/mail-reset", body, content_type=kind, headers={"Host": "evil.example"})
    assert "evil.example" not in posted()[0].body


def test_a_mail_server_that_is_down_changes_nothing_for_the_asker(api, cast, posted, settings, caplog):
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", 1
    assert api().post("/auth/mail-reset", {"email": "bob@example.org"}).status_code == 200
    posted()
    assert "could not be sent" in caplog.text
    assert PASSWORD not in caplog.text
