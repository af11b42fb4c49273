"""`manage.py changepassword`."""

import getpass

import pytest
from django.core.management import CommandError, call_command

from accounts.access import live_session
from accounts.actions import sign_in


def test_an_operator_who_changes_a_password_ends_the_sign_ins_that_knew_the_old_one(cast, told, monkeypatch):
    charlies, bobs = (sign_in(user=user)[0] for user in (cast.charlie, cast.bob))
    monkeypatch.setattr(getpass, "getpass", lambda **_prompt: "a-new-and-long-password")
    call_command("changepassword", "charlie", verbosity=0)
    cast.charlie.refresh_from_db()
    assert cast.charlie.check_password("a-new-and-long-password")
    assert live_session(charlies.pk) is None
    assert live_session(bobs.pk) is not None
    assert [event.name for event in told()] == ["@sessions_ended"]


def test_a_password_that_is_refused_ends_nothing(cast, monkeypatch):
    session = sign_in(user=cast.charlie)[0]
    monkeypatch.setattr(getpass, "getpass", lambda **_prompt: "short")
    with pytest.raises(CommandError):
        call_command("changepassword", "charlie", verbosity=0)
    assert live_session(session.pk) is not None
