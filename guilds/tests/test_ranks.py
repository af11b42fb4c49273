"""Rank at the door: nobody grants what they lack, or touches a role or person at or above their own."""

import pytest

from accounts.models import User
from guilds import access
from guilds.models import Channel, ChannelType, Member, MemberRole, Role
from guilds.permissions import Overrule, Permission, Rules
from together.refusals import Forbidden, NotFound, Refusal

P = Permission
VIEW, SEND, KICK = P.VIEW_CHANNEL, P.SEND_MESSAGES, P.KICK_MEMBERS


@pytest.fixture
def kicker(cast):
    """Somebody who ranks 2 and may kick, beside bob (1), charlie (0) and a peer (2)."""
    role = Role.objects.create(server=cast.server, name="Kicker", position=2, permissions=KICK | P.MANAGE_CHANNELS)
    people = [User.objects.create(username=name) for name in ("kicker", "peer")]
    for user in people:
        MemberRole.objects.create(member=Member.objects.create(user=user, server=cast.server), role=role)
    cast.high, cast.peer = role, people[1]
    cast.low = Role.objects.create(server=cast.server, name="Low", position=1)
    return people[0]


def test_what_one_lacks_cannot_be_granted(cast, kicker):
    access.require_grantable(kicker, KICK | SEND, cast.server)
    access.require_grantable(cast.alice, P.ADMINISTRATOR, cast.server)
    with pytest.raises(Forbidden, match="BAN_MEMBERS"):
        access.require_grantable(kicker, KICK | P.BAN_MEMBERS, cast.server)


def test_only_what_is_strictly_below_is_below(cast, kicker):
    access.require_above(kicker, cast.server, 1)
    access.require_above(cast.alice, cast.server, 10_000)
    for user, position in ((kicker, 2), (kicker, 3), (cast.charlie, 0)):
        with pytest.raises(Forbidden, match="not below"):
            access.require_above(user, cast.server, position)
    with pytest.raises(NotFound):
        access.require_above(cast.mallory, cast.server, 0)


def test_who_may_moderate_whom(cast, kicker):
    for actor, target in ((kicker, cast.bob), (kicker, cast.charlie), (kicker, cast.mallory), (cast.alice, kicker)):
        access.require_may_moderate(actor, KICK, cast.server, target)
    for actor, target, words in (
        (kicker, cast.alice, "owner"),
        (kicker, cast.peer, "rank below"),
        (cast.bob, cast.charlie, "KICK_MEMBERS"),
    ):
        with pytest.raises(Forbidden, match=words):
            access.require_may_moderate(actor, KICK, cast.server, target)
    for oneself in (kicker, cast.alice):
        with pytest.raises(Refusal, match="to yourself"):
            access.require_may_moderate(oneself, KICK, cast.server, oneself)
    with pytest.raises(NotFound):
        access.require_may_moderate(cast.mallory, KICK, cast.server, cast.charlie)


def of_role(role, allow=0, deny=0):
    return Rules(of_roles={role.pk: Overrule(int(allow), int(deny))})


def of_user(user, allow=0, deny=0):
    return Rules(of_users={user.pk: Overrule(int(allow), int(deny))})


def of_both(cast, moderator, low):
    return Rules(of_roles={cast.moderator.pk: Overrule(moderator, 0), cast.low.pk: Overrule(low, 0)})


def test_rules_are_changed_by_who_holds_every_flag_and_ranks_above_every_holder(cast, kicker):
    nothing, lacked = Rules(), int(P.MANAGE_MESSAGES)
    may = [Rules(int(SEND)), Rules(0, int(SEND)), of_role(cast.moderator, SEND), of_user(cast.bob, deny=SEND)]
    for rules in may:
        access.require_may_rule(kicker, cast.general, nothing, rules)
        access.require_may_rule(kicker, cast.general, rules, nothing)
    never = [
        Rules(lacked),
        Rules(0, lacked),
        # One change is theirs to make, the other is not.
        of_both(cast, lacked, int(SEND)),
        of_both(cast, int(SEND), lacked),
        Rules(lacked, 0, of_roles={cast.moderator.pk: Overrule(int(SEND), 0)}),
        of_role(cast.moderator, allow=lacked),
        of_role(cast.moderator, deny=lacked),
        of_user(cast.bob, allow=lacked),
        of_user(cast.bob, deny=lacked),
        of_role(cast.high, SEND),
        of_user(cast.peer, SEND),
        of_user(cast.alice, SEND),
    ]
    for rules in never:
        for before, after in ((nothing, rules), (rules, nothing)):
            access.require_may_rule(cast.alice, cast.general, before, after)
            with pytest.raises(Forbidden):
                access.require_may_rule(kicker, cast.general, before, after)
        # What stays as it was is not theirs to answer for.
        access.require_may_rule(kicker, cast.general, rules, rules)
    # What they lent themselves would stay theirs without the role; to give it up is theirs.
    own = of_user(kicker, SEND)
    access.require_may_rule(kicker, cast.general, own, nothing)
    access.require_may_rule(kicker, cast.general, of_user(kicker, SEND | VIEW), own)
    with pytest.raises(Forbidden):
        access.require_may_rule(kicker, cast.general, nothing, own)
    with pytest.raises(NotFound):
        access.require_may_rule(cast.mallory, cast.general, nothing, may[0])


def test_a_conversation_has_no_rules_to_change_or_explain(cast):
    talk = Channel.objects.create(type=ChannelType.DM)
    for ask in (
        lambda: access.require_may_rule(cast.alice, talk, Rules(), Rules(int(SEND))),
        lambda: access.explanation(cast.alice, cast.alice.pk, talk),
    ):
        with pytest.raises(NotFound):
            ask()
