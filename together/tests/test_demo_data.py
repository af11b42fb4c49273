"""The demo data is what schema.md lists, no more and no less."""

import pytest
from django.contrib.auth.hashers import identify_hasher
from django.contrib.postgres.search import SearchQuery
from django.core.management import call_command

from accounts.hashers import ModestArgon2PasswordHasher
from accounts.models import Session, User
from chat.models import Attachment, Message, Reaction
from guilds.models import Channel, Member, MemberRole, Override, Role, Server
from voice.models import VoiceState

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def demo(db):
    call_command("loaddata", "demo.json", verbosity=0)


def number(id):
    return int(str(id)[-12:])


def test_five_people_with_the_status_that_they_chose():
    people = User.objects.order_by("id").values_list("id", "username", "email", "status", "is_admin")
    assert [(number(id), *rest) for id, *rest in people] == [
        (1, "alice", "alice@together.local", "online", True),
        (2, "bob", "bob@together.local", "online", False),
        (3, "charlie", "charlie@together.local", "away", False),
        (4, "diana", "diana@together.local", "dnd", False),
        (5, "eve", "eve@together.local", "offline", False),
    ]


def test_each_can_sign_in_and_the_password_is_kept_as_in_production():
    for user in User.objects.all():
        assert isinstance(identify_hasher(user.password), ModestArgon2PasswordHasher)
        assert user.check_password("password123")
        assert not user.check_password("password124")


def test_one_server_that_all_five_are_in():
    server = Server.objects.get()
    assert (number(server.pk), server.name, server.owner.username) == (100, "Gaming Squad", "alice")
    nicknames = dict(Member.objects.filter(server=server).values_list("user__username", "nickname"))
    assert nicknames == {"alice": None, "bob": "Bobby", "charlie": None, "diana": None, "eve": None}


def test_three_roles_and_who_holds_them():
    roles = Role.objects.order_by("id").values_list("id", "name", "permissions", "color", "position")
    assert [(number(id), *rest) for id, *rest in roles] == [
        (200, "Admin", 8192, "#FF5733", 2),
        (201, "Moderator", 4095, "#33C4FF", 1),
        (202, "Member", 123, "#75FB4C", 0),
    ]
    held = MemberRole.objects.values_list("member__user__username", "role__name")
    assert sorted(held) == [("alice", "Admin"), ("bob", "Moderator"), ("charlie", "Member"), ("diana", "Member")]


def test_seven_channels_in_three_categories_in_that_order():
    channels = Channel.objects.listed().values_list("id", "name", "type", "parent__name", "position")
    assert [(number(id), *rest) for id, *rest in channels] == [
        (300, "general", "text", "GENERAL", 0),
        (301, "random", "text", "GENERAL", 1),
        (302, "game-chat", "text", "GAMING", 2),
        (303, "strategy", "text", "GAMING", 3),
        (400, "Voice Lobby", "voice", "VOICE", 4),
        (402, "Game Room 1", "voice", "VOICE", 5),
        (403, "Game Room 2", "voice", "VOICE", 6),
    ]
    assert Channel.objects.filter(type="category").count() == 3


def test_six_messages_in_the_order_of_their_numbers():
    messages = Message.objects.order_by("created_at").values_list("id", "channel__name", "author__username")
    assert [(number(id), *rest) for id, *rest in messages] == [
        (500, "general", "alice"),
        (501, "general", "bob"),
        (502, "general", "charlie"),
        (503, "game-chat", "alice"),
        (504, "game-chat", "bob"),
        (505, "game-chat", "charlie"),
    ]
    assert "Together" in Message.objects.get(pk="00000000-0000-0000-0000-000000000500").content


def test_five_reactions():
    reactions = Reaction.objects.order_by("id").values_list("message", "user__username", "emoji")
    assert [(number(message), *rest) for message, *rest in reactions] == [
        (500, "bob", "👍"),
        (500, "charlie", "👍"),
        (500, "diana", "🎉"),
        (503, "bob", "✅"),
        (503, "charlie", "✅"),
    ]


def test_the_search_that_finds_exactly_one_message():
    found = Message.objects.living().filter(
        search_vector=SearchQuery("game | tonight", search_type="raw", config="english")
    )
    assert [number(message.pk) for message in found] == [502]


def test_nothing_else():
    for model in (Session, Override, Attachment, VoiceState):
        assert not model.objects.exists()


def test_loading_it_twice_changes_nothing():
    call_command("loaddata", "demo.json", verbosity=0)
    assert (User.objects.count(), Channel.objects.count(), Message.objects.count()) == (5, 10, 6)
