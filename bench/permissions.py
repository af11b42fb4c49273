"""What the door costs in a large server: `python bench/permissions.py`.

Works in a database of its own, in the embedded cluster (or beside the one that DATABASE_URL names), and drops it.
"""

import random
import statistics
import time
from collections.abc import Callable
from typing import Any

from database import scratch_database  # sets Django up
from django.core.management import call_command
from django.db import connection
from django.db.models import Q
from django.test.utils import CaptureQueriesContext

from accounts.models import User
from guilds import access
from guilds.models import Channel, ChannelType, Member, MemberRole, Override, Role, Server
from guilds.permissions import Permission, resolve
from guilds.standings import places, seen, standings

CHANNELS, CATEGORIES, ROLES, PEOPLE = 200, 10, 50, 500
RUNS = 50
VIEW, SEND, MANAGE = Permission.VIEW_CHANNEL, Permission.SEND_MESSAGES, Permission.MANAGE_CHANNELS
chance = random.Random(1)


def main() -> None:
    with scratch_database():
        call_command("migrate", verbosity=0)
        server, channel, user = make_server()
        with connection.cursor() as cursor:
            cursor.execute("ANALYZE")
        measure(server, channel, user)


def measure(server: Server, channel: Channel, user: User) -> None:
    where, around = places(Q(server=server.pk)), places(Q(pk=channel.pk) | Q(parent=channel.pk))
    everyone = standings(servers=[server.pk])
    one = everyone[server.pk, user.pk]
    print(f"{CHANNELS} channels in {CATEGORIES} categories, {ROLES} roles, {PEOPLE} members; medians of {RUNS} runs\n")
    print(f"{'':44}{'ms':>10}{'queries':>10}")
    report("all channels of a member, arithmetic", lambda: [resolve(one, place.rules) for place in where])
    report("  and which of them are seen", lambda: seen(one, where))
    report("  with its queries", lambda: access.seen_by([user.pk], server.pk))
    report("  with the rows of the channels", lambda: list(access.visible_channels(user, server=server.pk)))
    report("  naively", lambda: naive_channels(user, server), runs=3)
    report(
        "the viewers of a channel, arithmetic",
        lambda: [one for one in everyone.values() if channel.pk in seen(one, around)],
    )
    report("  with its queries", lambda: access.viewers(channel))
    report("  with the rows of the people", lambda: list(access.viewers(channel)))
    report("  naively", lambda: naive_viewers(channel), runs=1)
    report("may one person do one thing here?", lambda: access.can(user, SEND, channel))
    assert {found.pk for found in naive_channels(user, server)} <= seen(one, where)
    assert set(naive_viewers(channel)) == set(access.viewers(channel))


def report(name: str, ask: Callable[[], Any], runs: int = RUNS) -> None:
    took = []
    with CaptureQueriesContext(connection) as asked:
        ask()
    for _run in range(runs):
        begun = time.perf_counter()
        ask()
        took.append(time.perf_counter() - begun)
    print(f"{name:44}{statistics.median(took) * 1000:10.2f}{len(asked):10}")


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
    people = User.objects.bulk_create(User(username=f"person {number}") for number in range(PEOPLE))
    server = Server.objects.create(name="Large", owner=people[0])
    members = Member.objects.bulk_create(Member(user=user, server=server) for user in people)
    roles = Role.objects.bulk_create(
        Role(server=server, name=str(n), position=n, permissions=0 if n % 5 else MANAGE) for n in range(ROLES)
    )
    for number, member in enumerate(members):
        held = chance.sample(roles, 6 if number == 1 else chance.randint(1, 6))
        MemberRole.objects.bulk_create(MemberRole(member=member, role=role) for role in held)
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


if __name__ == "__main__":
    main()
