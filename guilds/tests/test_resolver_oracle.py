"""The resolver and the door against an oracle that was written from the prose, over thousands of made-up servers."""

from datetime import timedelta

import pytest
from django.db import transaction
from django.utils import timezone
from hypothesis import HealthCheck, given, settings

from accounts.models import User
from guilds import access
from guilds.models import Channel, ChannelType, Member, MemberRole, Override, Role, Server, Timeout
from guilds.permissions import CHANNEL_SCOPE, Permission, explain, resolve
from guilds.tests.oracle import FLAGS, OF_THE_SERVER_ONLY, bits, cases, holds, names, sees, worlds

# The same cases in every run: what fails here fails everywhere.
often = settings(max_examples=1500, derandomize=True, deadline=None, database=None)
seldom = settings(
    max_examples=25,
    derandomize=True,
    deadline=None,
    database=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)


def test_the_oracle_knows_the_same_flags_and_the_same_scope():
    assert {flag.name: flag.value for flag in Permission} == {name: bits([name]) for name in FLAGS}
    assert names(CHANNEL_SCOPE) == set(FLAGS) - OF_THE_SERVER_ONLY


@often
@given(worlds())
def test_the_resolver_says_what_the_prose_says_and_its_trace_says_it_of_every_flag(world):
    for who, where, held in cases(world):
        assert names(resolve(who, where)) == held
        decisions = explain(who, where)
        assert list(decisions) == list(Permission)
        assert {flag.name for flag, decision in decisions.items() if decision.allowed} == held


@pytest.mark.django_db
@seldom
@given(worlds(people=("ann", "ben", "cat"), categories=("north", "south"), channels=("one", "two", "three")))
def test_the_door_says_what_the_prose_says_of_what_is_written_in_the_database(world):
    with transaction.atomic():
        server, people, places = write(world)
        seen = {who: access.seen_by([user.pk], server.pk)[user.pk] for who, user in people.items()}
        for who, user in people.items():
            assert names(access.flags(user, server)) == {flag for flag in FLAGS if holds(world, who, flag)}
            visible = set(access.visible_channels(user, server=server.pk).values_list("name", flat=True))
            assert visible == {where for where in places if sees(world, who, where)}
            assert seen[who] == access.seen_everywhere(user)[server.pk] == {places[where].pk for where in visible}
        for where, channel in places.items():
            assert set(access.viewers(channel)) == {people[who] for who in people if sees(world, who, where)}
            if not world.places[where].is_category:
                for who, user in people.items():
                    held = {flag for flag in FLAGS if holds(world, who, flag, where)}
                    assert names(access.flags(user, channel)) == (held if sees(world, who, where) else set())
        transaction.set_rollback(True)


def write(world):
    """The world as rows; whoever is not named owns the server."""
    people = {name: User.objects.create(username=name) for name in world.people}
    owner = people.get(world.owner) or User.objects.create(username="owner")
    server = Server.objects.create(name="made up", owner=owner, default_permissions=bits(world.default))
    roles = {
        name: Role.objects.create(server=server, name=name, permissions=bits(held))
        for name, held in world.roles.items()
    }
    late = timezone.now() + timedelta(days=1)
    for name, person in world.people.items():
        member = Member.objects.create(user=people[name], server=server)
        MemberRole.objects.bulk_create(MemberRole(member=member, role=roles[role]) for role in person.roles)
        if person.timed_out:
            Timeout.objects.create(server=server, user=people[name], expires_at=late)
    places = {}
    for name, place in world.places.items():
        places[name] = Channel.objects.create(
            server=server,
            name=name,
            type=ChannelType.CATEGORY if place.is_category else ChannelType.TEXT,
            parent=places.get(place.category),
            inherits=place.inherits,
            default_allow=bits(place.everyone.allow),
            default_deny=bits(place.everyone.deny),
        )
        for field, owners, group in (("role", roles, place.roles), ("user", people, place.people)):
            Override.objects.bulk_create(
                Override(channel=places[name], **{field: owners[who]}, allow=bits(word.allow), deny=bits(word.deny))
                for who, word in group.items()
            )
    return server, people, places
