"""The door: its three faces (can, visible_channels, viewers) say the same of every person and every channel."""

import itertools
import uuid
from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from accounts.models import User
from guilds import access
from guilds.models import Ban, Channel, ChannelType, Invite, Member, MemberRole, Override, Role, Server, Timeout
from guilds.permissions import DEFAULT, EVERYTHING, NONE, Permission
from together.refusals import Forbidden, NotFound

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


def test_server_level_flags_are_the_default_with_the_roles(cast):
    assert access.flags(cast.charlie, cast.server) == DEFAULT
    assert access.flags(cast.bob, cast.server) == DEFAULT | P(cast.moderator.permissions)
    assert access.flags(cast.alice, cast.server) == EVERYTHING
    assert access.flags(cast.mallory, cast.server) == NONE


def test_what_is_missing_is_named_to_those_who_see_the_place_and_hidden_from_others(cast):
    access.require(cast.bob, P.MANAGE_CHANNELS, cast.general)
    with pytest.raises(Forbidden, match="permission MANAGE_CHANNELS"):
        access.require(cast.charlie, P.MANAGE_CHANNELS, cast.general)
    with pytest.raises(Forbidden):
        access.require(cast.charlie, P.MANAGE_SERVER, cast.server)
    for user, where in ((cast.charlie, cast.secret), (cast.mallory, cast.general), (cast.mallory, cast.server)):
        with pytest.raises(NotFound):
            access.require(user, SEND, where)


def test_a_server_is_there_for_its_members_also_where_they_see_no_channel_of_it(cast):
    Server.objects.filter(pk=cast.server.pk).update(default_permissions=0)
    with pytest.raises(Forbidden):
        access.require(cast.charlie, P.MANAGE_SERVER, cast.server)
    with pytest.raises(NotFound):
        access.require(cast.charlie, P.MANAGE_CHANNELS, cast.general)


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


@pytest.mark.parametrize("question", ["can", "visible", "viewers", "everywhere"])
def test_every_question_takes_the_same_few_queries_however_large_the_server(cast, question):
    ask = {
        "can": lambda: access.can(cast.charlie, SEND, cast.secret),
        "visible": lambda: list(access.visible_channels(cast.charlie, server=cast.server.pk)),
        "viewers": lambda: list(access.viewers(cast.secret)),
        "everywhere": lambda: access.seen_everywhere(cast.charlie),
    }[question]
    with CaptureQueriesContext(connection) as few:
        ask()
    for number in range(50):
        channel = Channel.objects.create(server=cast.server, name=f"c{number}", parent=cast.general.parent)
        role = Role.objects.create(server=cast.server, name=f"r{number}")
        Override.objects.create(channel=channel, role=role, deny=VIEW)
        user = User.objects.create(username=f"u{number}")
        MemberRole.objects.create(member=Member.objects.create(user=user, server=cast.server), role=role)
    with CaptureQueriesContext(connection) as many:
        ask()
    assert len(many) == len(few) <= 5


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


def found(find, *args, **kwargs):
    try:
        find(*args, **kwargs)
    except NotFound:
        return False
    return True


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
