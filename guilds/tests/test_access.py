"""The door: its three faces (can, visible_channels, viewers) say the same of every person and every channel."""

import itertools

import pytest
from django.utils import timezone

from accounts.models import User
from guilds import access
from guilds.models import Channel, ChannelType, Member, MemberRole, Override, Role, Server
from guilds.permissions import EVERYTHING, NONE, Permission
from together.refusals import NotFound

P = Permission
VIEW, SEND = P.VIEW_CHANNEL, P.SEND_MESSAGES


@pytest.fixture
def world(db):
    """Two living servers and a deleted one, people of every standing, channels with every kind of rule."""
    people = {
        name: User.objects.create(username=name) for name in ("owner", "admin", "red", "both", "plain", "stranger")
    }
    servers = []
    for name in ("first", "second", "gone"):
        server = Server.objects.create(name=name, owner=people["owner"])
        servers.append(server)
        seats = {
            who: Member.objects.create(user=user, server=server) for who, user in people.items() if who != "stranger"
        }
        roles = {
            "admin": Role.objects.create(server=server, name="admin", permissions=P.ADMINISTRATOR),
            "red": Role.objects.create(server=server, name="red"),
            "blue": Role.objects.create(server=server, name="blue", permissions=P.MANAGE_CHANNELS),
        }
        for who, role in (("admin", "admin"), ("red", "red"), ("both", "red"), ("both", "blue")):
            MemberRole.objects.create(member=seats[who], role=roles[role])
        lends = ("", "red", "blue", "person") if name == "first" else ("red",)
        make_channels(server, roles, people["plain"], lends)
    Server.objects.filter(pk=servers[1].pk).update(default_permissions=int(SEND))
    Server.objects.filter(pk=servers[2].pk).update(deleted_at=timezone.now())
    return people


def make_channels(server, roles, person, lends):
    open_, closed = (
        Channel.objects.create(server=server, name=name, type=ChannelType.CATEGORY, default_deny=deny)
        for name, deny in (("open", NONE), ("closed", VIEW))
    )
    Override.objects.create(channel=closed, role=roles["red"], allow=VIEW)
    Channel.objects.create(server=server, name="empty", type=ChannelType.CATEGORY)
    kinds = ((None, False), (open_, False), (open_, True), (closed, False), (closed, True))
    rules = itertools.product(kinds, (NONE, VIEW), lends)
    for place, ((parent, inherits), deny, lends_to) in enumerate(rules):
        channel = Channel.objects.create(
            server=server, name=f"c{place}", parent=parent, inherits=inherits, default_deny=deny, position=place
        )
        whose = {"role": roles.get(lends_to)} if lends_to != "person" else {"user": person}
        if lends_to:
            # What is hidden is shown to the holder, what is open hidden from them.
            Override.objects.create(channel=channel, **whose, allow=VIEW & deny, deny=VIEW & ~deny)


def oracle(user, channel):
    """The rules of design.md, section 4, written down a second time, slowly and naively."""
    server = channel.server
    member = Member.objects.filter(server=server, user=user).first()
    if server.deleted_at or member is None:
        return NONE
    roles = Role.objects.filter(member_roles__member=member)
    base = P(server.default_permissions)
    for role in roles:
        base |= P(role.permissions)
    if server.owner_id == user.pk or P.ADMINISTRATOR in base:
        return EVERYTHING
    source = channel.parent if channel.inherits and channel.parent else channel
    flags = base & ~P(source.default_deny) | P(source.default_allow)
    for whose in ({"role__in": roles}, {"user": user}):
        found = list(Override.objects.filter(channel=source, **whose))
        for override in found:
            flags &= ~P(override.deny)
        for override in found:
            flags |= P(override.allow)
    return flags if VIEW in flags else NONE


def test_the_three_faces_agree_over_every_person_and_channel(world):
    channels = list(Channel.objects.select_related("server", "parent"))
    seen_by_person = {user: set(access.visible_channels(user).values_list("pk", flat=True)) for user in world.values()}
    for channel in channels:
        viewers = set(access.viewers(channel))
        for user in world.values():
            sees = access.can(user, VIEW, channel)
            assert (channel.pk in seen_by_person[user]) is sees, (user.username, channel.name)
            assert (user in viewers) is sees, (user.username, channel.name)
            if channel.type != ChannelType.CATEGORY:
                assert access.flags(user, channel) == oracle(user, channel), (user.username, channel.name)
    assert len(channels) * len(world) == ((40 + 3) + 2 * (10 + 3)) * 6
    assert 0 < sum(map(len, seen_by_person.values())) < len(channels) * len(world)


def test_the_faces_that_look_at_many_agree_with_those_that_look_at_one(world):
    servers = Server.objects.all()
    for user in world.values():
        everywhere = access.seen_everywhere(user)
        for server in servers:
            there = access.seen_by([user.pk], server.pk).get(user.pk)
            assert everywhere.get(server.pk) == there
            assert set(access.visible_channels(user, server=server.pk).values_list("pk", flat=True)) == (there or set())


def test_a_category_is_seen_with_any_of_its_channels_or_by_who_may_fill_it(world):
    server = Server.objects.get(name="first")
    categories = {channel.name: channel for channel in Channel.objects.filter(server=server, type="category")}
    sees = {
        who: {name for name, category in categories.items() if access.can(world[who], VIEW, category)}
        for who in ("owner", "red", "both", "plain", "stranger")
    }
    assert sees == {
        "owner": {"open", "closed", "empty"},
        "red": {"open", "closed"},
        "both": {"open", "closed", "empty"},
        "plain": {"open", "closed"},
        "stranger": set(),
    }
    Channel.objects.filter(parent=categories["closed"]).delete()
    assert not access.can(world["red"], VIEW, categories["closed"])


def test_nobody_sees_anything_of_a_deleted_server(world):
    gone = Server.objects.get(name="gone")
    channel = gone.channels.first()
    assert not access.viewers(channel).exists()
    assert gone not in access.visible_servers(world["owner"])
    assert not access.is_member(world["owner"], gone)
    assert access.flags(world["owner"], gone) == NONE
    with pytest.raises(NotFound):
        access.find_server(world["owner"], gone.pk)
    with pytest.raises(NotFound):
        access.find_channel(world["owner"], channel.pk)
