"""May this person do this here: what they hold, what is missing, and in how many queries."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from accounts.models import User
from guilds import access
from guilds.models import Channel, Member, MemberRole, Override, Role, Server
from guilds.permissions import DEFAULT, EVERYTHING, NONE, Permission
from together.refusals import Forbidden, NotFound

P = Permission
VIEW, SEND = P.VIEW_CHANNEL, P.SEND_MESSAGES


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
