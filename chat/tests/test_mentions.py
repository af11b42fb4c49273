"""Whom a message calls."""

import time

import pytest

from accounts.models import User
from chat.mentions import MAX_MENTIONS
from guilds.models import Member, Override
from guilds.permissions import Permission


@pytest.fixture
def mentioned(api, cast):
    """The names that a text of charlie's in `#general` calls, and whether it calls everyone."""

    def send(content, user=None, channel=None):
        path = f"/channels/{(channel or cast.general).pk}/messages"
        sent = api(user or cast.charlie).post(path, {"content": content}).json()
        names = {str(user.pk): user.username for user in User.objects.all()}
        return {names[id] for id in sent["mention_user_ids"]}, sent["mention_everyone"]

    return send


@pytest.mark.parametrize(
    ("content", "names"),
    [
        ("@bob", {"bob"}),
        ("hello @bob, and @alice!", {"alice", "bob"}),
        ("@bob @bob @bob", {"bob"}),
        ("@charlie myself", {"charlie"}),
        ("look\n@bob…\t@alice?!", {"alice", "bob"}),
        ("no one", set()),
        ("(@bob)", set()),
        ("a@bob", set()),
        ("hey,@bob", set()),
        ("@bob's", set()),
        ("@@bob", set()),
        ("@Bob", set()),
        ("@", set()),
        ("@!", set()),
        ("@mallory", set()),
        ("@nobody", set()),
    ],
)
def test_a_word_that_begins_with_an_at_and_a_member_s_exact_name_calls_them(mentioned, content, names):
    assert mentioned(content) == (names, False)


def test_nobody_is_called_to_where_they_do_not_see(mentioned, cast):
    assert mentioned("@charlie @alice", cast.bob, cast.secret) == ({"alice"}, False)


def test_everyone_is_called_by_those_who_may_and_for_others_it_is_only_a_word(mentioned, cast):
    assert mentioned("hey @everyone!") == (set(), False)
    assert mentioned("hey @everyone! @bob", cast.alice) == ({"bob"}, True)
    Override.objects.create(channel=cast.general, user=cast.charlie, allow=Permission.MENTION_EVERYONE)
    assert mentioned("hey @everyone!") == (set(), True)
    assert mentioned("@Everyone @@everyone") == (set(), False)


def test_so_many_names_count_and_no_more(mentioned, cast):
    for number in range(MAX_MENTIONS + 5):
        Member.objects.create(user=User.objects.create(username=f"u{number}"), server=cast.server)
    names, _everyone = mentioned(" ".join(f"@u{number}" for number in range(MAX_MENTIONS + 5)))
    assert len(names) == MAX_MENTIONS


def test_a_long_tail_of_marks_costs_nothing(mentioned):
    began = time.process_time()
    assert mentioned("@" + "!" * 3990 + "a") == (set(), False)
    assert time.process_time() - began < 1
