"""What the door costs in a large server: `python bench/permissions.py`.

Works in a database of its own, in the embedded cluster (or beside the one that DATABASE_URL names), and drops it.
"""

import sys
from pathlib import Path

# Else this folder comes first, and its `http.py` hides Python's own.
sys.path[0] = str(Path(__file__).resolve().parent.parent)

# isort: split

import random
import statistics
import time
import uuid
from collections.abc import Callable, Collection, Iterable
from typing import Any

from bench.database import scratch_database  # sets Django up

# isort: split

from django.core.management import call_command
from django.db import connection
from django.test.utils import CaptureQueriesContext

from accounts.models import User
from guilds import access
from guilds.models import Channel, ChannelType, Member, MemberRole, Override, Role, Server
from guilds.permissions import Permission, Standing, resolve
from guilds.places import Place, places_around, places_in
from guilds.sight import Ground
from guilds.standings import standings
from together.gateway import reach

CHANNELS, CATEGORIES, ROLES, PEOPLE = 200, 10, 50, 500
RUNS = 50
VIEW, SEND, MANAGE = Permission.VIEW_CHANNEL, Permission.SEND_MESSAGES, Permission.MANAGE_CHANNELS
chance = random.Random(1)


def main() -> None:
    with scratch_database():
        call_command("migrate", verbosity=0)
        server, channel, user = make_server()
        user_of_many = make_many_servers()
        huge = make_huge_server()
        with connection.cursor() as cursor:
            cursor.execute("ANALYZE")
        measure(server, channel, user)
        measure_many(user_of_many)
        measure_huge(huge)


def measure(server: Server, channel: Channel, user: User) -> None:
    where, around = places_in([server.pk]), places_around(channel.pk)
    everyone = standings(servers=[server.pk])
    one = everyone[server.pk, user.pk]
    head(f"{CHANNELS} channels in {CATEGORIES} categories, {ROLES} roles, {PEOPLE} members")
    report("every flag of a member in all channels, arithmetic", lambda: [resolve(one, place.rules) for place in where])
    report("  with its queries", lambda: every_flag(user, server))
    report("all channels that a member sees, arithmetic", lambda: Ground(where).seen(one))
    report("  with its queries", lambda: access.seen_by([user.pk], server.pk))
    report("  with the rows of the channels", lambda: list(access.visible_channels(user, server=server.pk)))
    report("  naively", lambda: naive_channels(user, server), runs=3)
    report(
        "the viewers of a channel, each member apart, arithmetic",
        lambda: ask_everyone(around, everyone.values(), channel),
    )
    report("  with its queries", lambda: access.viewers(channel))
    report("  with the rows of the people", lambda: list(access.viewers(channel)))
    report("  naively", lambda: naive_viewers(channel), runs=1)
    report("may one person do one thing here?", lambda: access.can(user, SEND, channel))
    assert {found.pk for found in naive_channels(user, server)} <= Ground(where).seen(one)
    assert set(naive_viewers(channel)) == set(access.viewers(channel))


def measure_many(user: User) -> None:
    head("A member of 20 servers with 50 channels each")
    report("all channels that they see, with its queries", lambda: access.seen_everywhere(user))


def measure_huge(server: Server) -> None:
    people = set(server.members.values_list("user_id", flat=True))
    head(f"{PEOPLE} members, 500 channels with 20 overrides each: how long a changed role holds up the gateway")
    report("what each of them may hear", lambda: reach.within_server(people, server.pk), runs=5)


def every_flag(user: User, server: Server) -> dict[uuid.UUID, int]:
    one = standings(users=[user.pk], servers=[server.pk])[server.pk, user.pk]
    return {place.id: resolve(one, place.rules) for place in places_in([server.pk], [one])}


def ask_everyone(around: Collection[Place], everyone: Iterable[Standing], channel: Channel) -> list[Standing]:
    ground = Ground(around)
    return [one for one in everyone if ground.sees(one, channel.pk)]


def head(what: str) -> None:
    print(f"\n{what}; medians of {RUNS} runs\n\n{'':58}{'ms':>10}{'queries':>10}")


def report(name: str, ask: Callable[[], Any], runs: int = RUNS) -> None:
    took = []
    with CaptureQueriesContext(connection) as asked:
        ask()
    for _run in range(runs):
        begun = time.perf_counter()
        ask()
        took.append(time.perf_counter() - begun)
    print(f"{name:58}{statistics.median(took) * 1000:10.2f}{len(asked):10}")


def naive_channels(user: User, server: Server) -> list[Channel]:
    channels = server.channels.exclude(type=ChannelType.CATEGORY)
    return [channel for channel in channels if naive_flags(user, channel) & VIEW]


def naive_viewers(channel: Channel) -> list[User]:
    assert channel.server is not None
    return [one.user for one in channel.server.members.all() if naive_flags(one.user, channel) & VIEW]


def naive_flags(user: User, channel: Channel) -> int:
    """The yardstick: what one writes first, an object and a query at a time."""
    server = channel.server
    assert server is not None
    if server.owner == user:
        return ~0
    roles = [held.role for held in MemberRole.objects.filter(member__user=user, member__server=server)]
    flags = server.default_permissions
    for role in roles:
        flags |= role.permissions
    if flags & Permission.ADMINISTRATOR:
        return ~0
    source = channel.parent if channel.inherits and channel.parent else channel
    flags = flags & ~source.default_deny | source.default_allow
    theirs = [word for role in roles for word in source.overrides.filter(role=role)]
    for words in (theirs, list(source.overrides.filter(user=user))):
        for word in words:
            flags &= ~word.deny
        for word in words:
            flags |= word.allow
    return flags if flags & VIEW else 0


def make_server() -> tuple[Server, Channel, User]:
    """A server, a channel of it with overrides, and a member with six roles."""
    people, server, roles = make_people("person", "Large")
    categories = Channel.objects.bulk_create(
        Channel(server=server, name=f"C{n}", type=ChannelType.CATEGORY, default_deny=VIEW if n % 2 else 0)
        for n in range(CATEGORIES)
    )
    # Of five channels two inherit, one hides itself, one is read-only and one says nothing.
    channels = Channel.objects.bulk_create(
        Channel(
            server=server,
            name=str(n),
            position=n,
            parent=categories[n % CATEGORIES],
            inherits=n % 5 < 2,
            default_deny={2: VIEW, 3: SEND}.get(n % 5, 0),
        )
        for n in range(CHANNELS)
    )
    for place in [*categories, *(channel for channel in channels if not channel.inherits)]:
        theirs = [Override(channel=place, role=role, allow=VIEW | SEND) for role in chance.sample(roles, 4)]
        own = [Override(channel=place, user=user, deny=SEND) for user in chance.sample(people, 2)]
        Override.objects.bulk_create([*theirs, *own])
    return server, Channel.objects.select_related("server").get(pk=channels[2].pk), people[1]


def make_many_servers() -> User:
    """Somebody with a role in each of 20 servers of 50 channels."""
    user: User = User.objects.create(username="everywhere")
    for number in range(20):
        server = Server.objects.create(name=str(number), owner=User.objects.create(username=f"owner {number}"))
        role = Role.objects.create(server=server, name="role")
        MemberRole.objects.create(member=Member.objects.create(user=user, server=server), role=role)
        channels = Channel.objects.bulk_create(Channel(server=server, name=str(n), position=n) for n in range(50))
        Override.objects.bulk_create(Override(channel=channel, role=role, deny=VIEW) for channel in channels[::2])
    return user


def make_huge_server() -> Server:
    """A server at its limits; of each channel every tenth override is a person's own."""
    people, server, roles = make_people("visitor", "Huge")
    channels = Channel.objects.bulk_create(
        Channel(server=server, name=str(n), position=n, default_deny=VIEW if n % 2 else 0) for n in range(500)
    )
    for channel in channels:
        theirs = [Override(channel=channel, role=role, allow=VIEW) for role in chance.sample(roles, 18)]
        own = [Override(channel=channel, user=user, deny=VIEW) for user in chance.sample(people, 2)]
        Override.objects.bulk_create([*theirs, *own])
    return server


def make_people(kind: str, name: str) -> tuple[list[User], Server, list[Role]]:
    """A server of people with one to six roles each, the second with six."""
    people = User.objects.bulk_create(User(username=f"{kind} {number}") for number in range(PEOPLE))
    server = Server.objects.create(name=name, owner=people[0])
    members = Member.objects.bulk_create(Member(user=user, server=server) for user in people)
    roles = Role.objects.bulk_create(
        Role(server=server, name=str(n), position=n, permissions=0 if n % 5 else MANAGE) for n in range(ROLES)
    )
    for number, member in enumerate(members):
        held = chance.sample(roles, 6 if number == 1 else chance.randint(1, 6))
        MemberRole.objects.bulk_create(MemberRole(member=member, role=role) for role in held)
    return people, server, roles


if __name__ == "__main__":
    main()
