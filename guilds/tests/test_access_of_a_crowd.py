"""The door, asked by people of every kind: whoever is late, gagged, invited, disabled or banned."""

from datetime import timedelta

import pytest
from django.utils import timezone

from accounts.models import User
from guilds import access
from guilds.models import Ban, Channel, ChannelType, Member, MemberRole, Override, Role, Server, Timeout
from guilds.permissions import Permission
from guilds.tests.looking import found
from together.refusals import Forbidden

P = Permission
VIEW, SEND = P.VIEW_CHANNEL, P.SEND_MESSAGES


@pytest.fixture
def crowd(cast):
    """The cast's server with people of every other standing, and channels of every other kind."""
    people = {"alice": cast.alice, "bob": cast.bob, "charlie": cast.charlie, "mallory": cast.mallory}
    for name in ("admin", "late", "late_mod", "invited", "gagged", "disabled", "banned"):
        people[name] = User.objects.create(username=name)
    User.objects.filter(username="disabled").update(disabled_at=timezone.now())
    seats = {
        name: Member.objects.create(user=user, server=cast.server)
        for name, user in people.items()
        if name not in ("alice", "bob", "charlie", "mallory", "banned")
    }
    admin = Role.objects.create(server=cast.server, name="admin", permissions=P.ADMINISTRATOR, position=2)
    MemberRole.objects.create(member=seats["admin"], role=admin)
    MemberRole.objects.create(member=seats["late_mod"], role=cast.moderator)
    for name in ("late", "late_mod", "mallory"):
        Timeout.objects.create(server=cast.server, user=people[name], expires_at=timezone.now() + timedelta(hours=1))
    Timeout.objects.create(server=cast.server, user=cast.bob, expires_at=timezone.now() - timedelta(seconds=1))
    Ban.objects.create(server=cast.server, user=people["banned"], banned_by=cast.alice)
    hidden = Channel.objects.create(server=cast.server, name="hidden", type=ChannelType.CATEGORY, default_deny=VIEW)
    Channel.objects.create(server=cast.server, name="vacant", type=ChannelType.CATEGORY)
    Channel.objects.create(server=cast.server, name="void", type=ChannelType.CATEGORY, default_deny=VIEW)
    for name, facts in {
        "lent": {"parent": hidden, "inherits": True},
        "own": {"parent": hidden},
        "veiled": {"parent": hidden, "default_deny": VIEW},
        "rules": {"default_deny": SEND},
        "lobby": {"parent": cast.general.parent, "inherits": True},
    }.items():
        Channel.objects.create(server=cast.server, name=name, **facts)
    Override.objects.create(channel=hidden, user=people["invited"], allow=VIEW)
    Override.objects.create(channel=cast.general, user=people["gagged"], deny=SEND)
    # What the banned one was given stays until they are dealt with; it must not count for who is no member.
    Override.objects.create(channel=cast.general, user=people["banned"], allow=VIEW | SEND)
    return people


EVERYWHERE = {"general", "lobby", "own", "rules", "Text", "hidden"}


def test_who_sees_what_in_a_server_of_every_kind_of_person_and_channel(cast, crowd):
    seen = {
        name: set(access.visible_channels(user, server=cast.server.pk).values_list("name", flat=True))
        for name, user in crowd.items()
    }
    all_of_it = {*EVERYWHERE, "lent", "secret", "veiled", "vacant", "void"}
    assert seen == {
        "alice": all_of_it,
        "admin": all_of_it,
        # They manage channels, and so see categories with nothing in them that are not hidden.
        "bob": {*EVERYWHERE, "secret", "vacant"},
        "late_mod": {*EVERYWHERE, "secret", "vacant"},
        "invited": {*EVERYWHERE, "lent"},
        **dict.fromkeys(("charlie", "late", "gagged", "disabled"), EVERYWHERE),
        "mallory": set(),
        "banned": set(),
    }


def test_every_face_agrees_about_every_person_and_channel_there(cast, crowd):
    channels = list(Channel.objects.filter(server=cast.server))
    there = access.seen_by([user.pk for user in crowd.values()], cast.server.pk)
    viewers = {channel: set(access.viewers(channel)) for channel in channels}
    for name, user in crowd.items():
        everywhere = set(access.visible_channels(user))
        assert access.seen_everywhere(user).get(cast.server.pk) == there.get(user.pk), name
        for channel in channels:
            sees = access.can(user, VIEW, channel)
            told = (
                channel in everywhere,
                channel.pk in there.get(user.pk, ()),
                user in viewers[channel],
                found(access.find_place, user, channel.pk),
                found(access.find_place, user, channel.pk, server=cast.server.pk),
                bool(access.flags(user, channel)),
            )
            assert set(told) == {sees}, (name, channel.name, told)
            is_category = channel.type == ChannelType.CATEGORY
            assert found(access.find_channel, user, channel.pk) is (sees and not is_category), (name, channel.name)
            assert found(access.find_category, user, channel.pk) is (sees and is_category), (name, channel.name)


def test_who_is_timed_out_may_do_nothing_and_is_told_until_when(cast, crowd):
    elsewhere = Server.objects.create(name="Elsewhere", owner=cast.alice)
    for user in (crowd["late"], cast.charlie):
        Timeout.objects.create(server=elsewhere, user=user, expires_at="2999-01-01T00:00Z")
    for name in ("late", "late_mod"):
        assert access.flags(crowd[name], cast.server) == access.flags(crowd[name], cast.general) == VIEW
        with pytest.raises(Forbidden, match=r"SEND_MESSAGES.* timed out until 20"):
            access.require(crowd[name], SEND, cast.general)
    assert access.can(cast.bob, SEND, cast.general)
    assert access.can(cast.charlie, SEND, cast.general)
    with pytest.raises(Forbidden) as refusal:
        access.require(crowd["gagged"], SEND, cast.general)
    assert "timed out" not in str(refusal.value.detail)


def test_who_holds_a_permission_in_a_server(cast, crowd):
    held = {name for name, user in crowd.items() if user.pk in access.holders(P.MANAGE_CHANNELS, cast.server)}
    assert held == {"alice", "admin", "bob"}
