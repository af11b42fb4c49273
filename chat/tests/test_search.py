"""Finding messages by their words."""

import pytest

from chat import search
from chat.models import Message

pytestmark = pytest.mark.django_db


@pytest.fixture
def say(cast):
    def say(content, channel=cast.general, **fields):
        return Message.objects.create(channel=channel, author=cast.alice, content=content, **fields)

    return say


def test_messages_with_all_of_the_words_in_any_form_are_found(cast, say):
    found = say("the games of tonight")
    say("games")
    assert list(search.search([cast.general.pk], "game tonight")) == [found]


def test_the_best_come_first_and_of_equals_the_newest(cast, say):
    older, newer, best = say("a walrus"), say("a walrus"), say("walrus, walrus and walrus")
    assert list(search.search([cast.general.pk], "walrus")) == [best, newer, older]


def test_only_these_channels_are_searched_and_never_what_is_deleted(cast, say):
    say("walrus", channel=cast.secret)
    say("walrus", deleted=True)
    seen = say("walrus")
    assert list(search.search([cast.general.pk], "walrus")) == [seen]
    assert not search.search([], "walrus").exists()


def test_words_that_carry_no_meaning_find_nothing(cast, say):
    say("the and of")
    assert not search.search([cast.general.pk], "the of").exists()


def test_no_more_than_the_newest_candidates_are_ranked_and_counted(cast, say, monkeypatch):
    monkeypatch.setattr(search, "CANDIDATES", 2)
    say("walrus, walrus and walrus")
    newest = [say("walrus") for _ in range(2)]
    assert list(search.search([cast.general.pk], "walrus")) == newest[::-1]
    assert search.count([cast.general.pk], "walrus") == 2


def test_what_people_type_is_never_syntax(cast, say):
    say("walrus")
    for typed in ("walrus |", "!walrus", "walrus & (", "'walrus", "walrus:*"):
        assert search.search([cast.general.pk], typed).count() == 1
