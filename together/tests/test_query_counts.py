"""What everybody asks for all the time costs as many queries in a large server as in a small one."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from accounts.actions import sign_in
from accounts.models import User
from guilds import access
from guilds.models import Channel, ChannelType, Member, MemberRole, Override, Role
from guilds.permissions import Permission
from together.gateway import reach
from together.testing.pages import browse

VIEW, SEND = Permission.VIEW_CHANNEL, Permission.SEND_MESSAGES


def questions(cast, api):
    """What is asked, by its name, and how many queries it may take."""
    client, browser = api(cast.charlie), browse(cast.charlie)
    session, _refresh = sign_in(user=cast.charlie)
    server, channel = f"/channels/{cast.server.pk}", f"/channels/{cast.server.pk}/{cast.general.pk}"

    def page(address):
        def get():
            assert browser.get(address, follow=True).status_code == 200

        return get

    def resource(path):
        def get():
            assert client.get(path).status_code == 200

        return get

    return {
        "READY": (lambda: reach.view(cast.charlie.pk, session.pk), 12),
        "the page of a server": (page(server), 40),
        "the page of a channel": (page(channel), 30),
        "the panels": (page(f"{server}/panels"), 20),
        "the members": (resource(f"/servers/{cast.server.pk}/members"), 10),
        "the channels": (resource(f"/servers/{cast.server.pk}/channels"), 10),
        "a channel": (resource(f"/servers/{cast.server.pk}/channels/{cast.general.pk}"), 10),
        "may they?": (lambda: access.can(cast.charlie, SEND, cast.general), 4),
        "what they see": (lambda: list(access.visible_channels(cast.charlie)), 5),
        "who sees it": (lambda: list(access.viewers(cast.general)), 4),
        "what many see": (lambda: access.seen_by([cast.bob.pk, cast.charlie.pk], cast.server.pk), 4),
    }


NAMES = (
    "READY", "the page of a server", "the page of a channel", "the panels", "the members", "the channels", "a channel",
    "may they?", "what they see", "who sees it", "what many see",
)  # fmt: skip


@pytest.mark.parametrize("name", NAMES)
def test_it_takes_the_same_few_queries_however_large_the_server(cast, api, name):
    asked = questions(cast, api)
    assert set(asked) == set(NAMES)
    ask, most = asked[name]
    # With one of everything that there will be many of: nothing at all may take fewer queries.
    grow(cast, 1)
    ask()
    few = count(ask)
    grow(cast, 40)
    assert count(ask) == few <= most


def count(ask):
    with CaptureQueriesContext(connection) as queries:
        ask()
    return len(queries)


def grow(cast, size):
    """So many categories, channels that inherit or have rules of their own, roles, overrides and members."""
    for _number in range(size):
        name = f"n{Channel.objects.count()}"
        category = Channel.objects.create(server=cast.server, name=name, type=ChannelType.CATEGORY)
        lent = Channel.objects.create(server=cast.server, name=name, parent=category, inherits=True)
        own = Channel.objects.create(server=cast.server, name=name, parent=category, default_deny=SEND)
        role = Role.objects.create(server=cast.server, name=name)
        user = User.objects.create(username=name)
        member = Member.objects.create(user=user, server=cast.server)
        for one in (member, Member.objects.get(user=cast.charlie)):
            MemberRole.objects.create(member=one, role=role)
        for place in (category, own):
            Override.objects.create(channel=place, role=role, allow=VIEW)
            Override.objects.create(channel=place, user=cast.charlie, deny=SEND)
        assert lent.parent == category
