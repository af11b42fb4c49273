"""What the database itself says about servers, channels, members, roles and overrides."""

import uuid

import pytest
from django.db import IntegrityError, connection, transaction

from accounts.models import User
from guilds.models import Channel, Member, MemberRole, Override, Role, Server

pytestmark = pytest.mark.django_db


@pytest.fixture
def alice(db):
    return User.objects.create(username="alice")


@pytest.fixture
def server(alice):
    return Server.objects.create(name="Gaming Squad", owner=alice)


@pytest.fixture
def channel(server):
    return Channel.objects.create(server=server, name="general")


@pytest.fixture
def role(server):
    return Role.objects.create(server=server, name="Moderator")


def refused(constraint):
    return pytest.raises(IntegrityError, match=constraint)


def add(model, **fields):
    with transaction.atomic():
        return model.objects.create(**fields)


def test_a_row_that_points_at_a_missing_parent_is_refused(alice, server):
    Channel.objects.create(server=server, name="somewhere")
    connection.check_constraints()
    nowhere = Channel.objects.create(server_id=uuid.uuid4(), name="nowhere")
    with refused("foreign key"), transaction.atomic():
        connection.check_constraints()
    nowhere.delete()


def test_a_parent_may_come_later_in_the_same_transaction(alice):
    server = Server(name="Gaming Squad", owner=alice)
    Channel.objects.create(server_id=server.pk, name="general")
    server.save()
    connection.check_constraints()


def test_a_person_is_a_member_of_a_server_once(alice, server):
    add(Member, user=alice, server=server)
    with refused("idx_server_members_user_server"):
        add(Member, user=alice, server=server)
    add(Member, user=alice, server=add(Server, name="Another", owner=alice))


def test_a_member_holds_a_role_once(alice, server, role):
    member = add(Member, user=alice, server=server)
    add(MemberRole, member=member, role=role)
    with refused("idx_member_roles_member_role"):
        add(MemberRole, member=member, role=role)
    add(MemberRole, member=member, role=add(Role, server=server, name="Admin"))


def test_leaving_drops_what_the_member_held(alice, server, role):
    add(MemberRole, member=add(Member, user=alice, server=server), role=role)
    Member.objects.filter(user=alice).delete()
    assert not MemberRole.objects.exists()
    assert Role.objects.filter(pk=role.pk).exists()


def test_a_channel_is_of_a_type_that_exists(server):
    with refused("channels_type_valid"):
        add(Channel, server=server, type="forum")
    for type in ("text", "voice", "category"):
        add(Channel, server=server, type=type)


def test_conversations_have_no_server_and_everything_else_has_one(server):
    for type in ("dm", "group"):
        with refused("channels_conversation_has_no_server"):
            add(Channel, server=server, type=type)
        add(Channel, server=None, type=type)
    for type in ("text", "voice", "category"):
        with refused("channels_conversation_has_no_server"):
            add(Channel, server=None, type=type)


def test_an_override_is_of_a_role_or_of_a_user_never_of_both_or_none(alice, channel, role):
    for both_or_none in ({}, {"role": role, "user": alice}):
        with refused("overrides_role_or_user"):
            add(Override, channel=channel, **both_or_none)
    add(Override, channel=channel, role=role)
    add(Override, channel=channel, user=alice)


def test_one_override_for_each_role_and_each_user_of_a_channel(alice, server, channel, role):
    for whose in ({"role": role}, {"user": alice}):
        add(Override, channel=channel, **whose)
        with refused("idx_overrides_channel_role_user"):
            add(Override, channel=channel, **whose)
        add(Override, channel=add(Channel, server=server, name="other"), **whose)


def test_flags_are_never_negative(alice, server, channel, role):
    with refused("roles_permissions_valid"):
        add(Role, server=server, permissions=-1)
    with refused("servers_default_permissions_valid"):
        add(Server, owner=alice, default_permissions=-1)
    with refused("channels_defaults_valid"):
        add(Channel, server=server, default_deny=-1)
    with refused("overrides_flags_valid"):
        add(Override, channel=channel, role=role, allow=-1)
    assert add(Role, server=server, permissions=2**62).permissions == 2**62


def test_a_colour_is_a_hash_and_six_digits_or_nothing(server):
    for wrong in ("#12345", "red", "#GGGGGG", "123456#"):
        with refused("roles_color_valid"):
            add(Role, server=server, color=wrong)
    for right in ("#75FB4C", "#75fb4c", None):
        add(Role, server=server, color=right)


def test_the_default_permissions_are_those_of_the_protocol(server):
    assert server.default_permissions == 123
