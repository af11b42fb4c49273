"""Choosing how one looks to others, in one's own panel."""

import pytest

from accounts.models import User
from together.testing.pages import browse, text_of


@pytest.fixture
def choose(cast):
    browser = browse(cast.bob)
    return lambda **typed: browser.post("/presence", {"next": "/servers", **typed}, follow=True)


def test_status_and_text_are_kept_and_shown(cast, choose):
    User.objects.filter(pk=cast.bob.pk).update(activity="chess")
    answer = choose(choice="dnd", custom_status="In a meeting")
    assert answer.redirect_chain == [("/servers", 302)]
    bob = User.objects.get(pk=cast.bob.pk)
    # The panel does not ask for what a game says.
    assert (bob.status, bob.custom_status, bob.activity) == ("dnd", "In a meeting", "chess")
    panel = text_of(answer).partition('class="presence"')[2]
    assert panel.startswith(' data-status="dnd"')
    assert "In a meeting" in panel


def test_an_empty_text_takes_it_away(cast, choose):
    choose(choice="away", custom_status="lunch")
    choose(choice="away", custom_status="  ")
    assert User.objects.get(pk=cast.bob.pk).custom_status is None


@pytest.mark.parametrize(
    "typed", [{"choice": "busy"}, {}, {"choice": "away", "custom_status": "c" * 129}, {"choice": "a\x00"}]
)
def test_what_is_not_sound_changes_nothing_and_is_said(cast, choose, typed):
    assert 'data-level="error"' in text_of(choose(**typed))
    assert User.objects.get(pk=cast.bob.pk).status == "online"


def test_it_takes_a_sign_in_and_a_post(cast):
    assert browse().post("/presence", {"choice": "away"}).url.startswith("/login")
    assert browse(cast.bob).get("/presence").status_code == 405
