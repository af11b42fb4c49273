"""Getting hold of things: each is found through the person who asks, in its own living server, or not at all."""

import uuid

import pytest
from django.utils import timezone

from guilds import access
from guilds.models import Channel, ChannelType, Invite, Member, Role, Server
from guilds.tests.looking import found
from together.refusals import NotFound


def test_a_channel_is_found_by_who_sees_it_in_its_own_server_only(cast):
    elsewhere = Server.objects.create(name="Elsewhere", owner=cast.bob)
    Member.objects.create(user=cast.bob, server=elsewhere)
    assert access.find_channel(cast.bob, cast.secret.pk).server == cast.server
    assert access.find_channel(cast.bob, cast.secret.pk, server=cast.server.pk) == cast.secret
    for user, id, server in (
        (cast.charlie, cast.secret.pk, None),
        (cast.mallory, cast.general.pk, None),
        (cast.bob, cast.general.pk, elsewhere.pk),
        (cast.alice, cast.general.parent_id, None),
        (cast.alice, uuid.uuid4(), None),
    ):
        with pytest.raises(NotFound):
            access.find_channel(user, id, server=server)


def test_a_conversation_is_not_reached_through_this_door(cast):
    talk = Channel.objects.create(type=ChannelType.DM)
    for ask in (lambda: access.flags(cast.alice, talk), lambda: access.find_channel(cast.alice, talk.pk)):
        with pytest.raises(NotFound):
            ask()


@pytest.fixture
def elsewhere(cast):
    """Another living server, of bob's, and one that was deleted, each with a role, a channel and a member."""
    servers = []
    for name, gone in (("Elsewhere", None), ("Gone", timezone.now())):
        server = Server.objects.create(name=name, owner=cast.bob, deleted_at=gone, is_public=True)
        Member.objects.create(user=cast.bob, server=server)
        Role.objects.create(server=server, name="theirs")
        Channel.objects.create(server=server, name="there")
        servers.append(server)
    return servers


def test_nothing_is_found_in_a_server_that_is_not_its_own_or_is_gone(cast, elsewhere):
    living, gone = elsewhere
    assert access.find_server(cast.bob, living.pk).member_count == 1
    Invite.objects.create(server=living, code="anyOther")
    invite = Invite.objects.create(server=living, code="abcdefgh")
    assert access.find_role(living, living.roles.get().pk).server == living
    assert access.find_invite(living, invite.pk) == invite
    assert access.is_member(cast.bob, living)
    assert not access.is_member(cast.alice, living)
    assert access.find_member(living, cast.bob.pk).user == cast.bob
    assert set(access.public_servers()) == {living}
    assert set(access.visible_servers(cast.bob)) == {cast.server, living}
    for find, *args in (
        (access.find_server, cast.alice, living.pk),
        (access.find_server, cast.bob, gone.pk),
        (access.find_role, cast.server, living.roles.get().pk),
        (access.find_role, living, cast.moderator.pk),
        (access.find_invite, cast.server, invite.pk),
        (access.find_member, living, cast.charlie.pk),
        (access.find_member, gone, cast.bob.pk),
        (access.why, cast.bob, gone),
        (access.why, cast.bob, gone.channels.get()),
    ):
        assert not found(find, *args), (find, args)


def test_rules_of_a_channel_that_is_gone_are_not_found(cast):
    channel = Channel.objects.create(server=cast.server, name="short-lived")
    Channel.objects.filter(pk=channel.pk).delete()
    with pytest.raises(NotFound):
        access.why(cast.alice, channel)
