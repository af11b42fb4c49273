"""Why somebody may or may not: the step that the trace names really is what decided."""

import uuid
from dataclasses import replace

import pytest
from hypothesis import given, settings

from guilds import access
from guilds.models import Channel, Member, MemberRole, Override, Role
from guilds.permissions import DEFAULT, Decision, Overrule, Permission, Rules, Standing, Step, explain, resolve
from guilds.tests.oracle import cases, worlds
from together.refusals import NotFound

P = Permission
USER, SERVER, ROLE, OTHER = (uuid.UUID(int=number) for number in range(1, 5))
SEND, VIEW, KICK = P.SEND_MESSAGES, P.VIEW_CHANNEL, P.KICK_MEMBERS
ORDER = list(Step)
IN_CHANNEL = {Step.CHANNEL_DEFAULT, Step.ROLE_OVERRIDE, Step.MEMBER_OVERRIDE}

often = settings(max_examples=300, derandomize=True, deadline=None, database=None)


def member(**facts):
    return Standing(USER, SERVER, roles=facts.pop("roles", {ROLE: 0, OTHER: 0}), **facts)


def gives(*flags):
    return Overrule(int(sum(flags)), 0)


def takes(*flags):
    return Overrule(0, int(sum(flags)))


@pytest.mark.parametrize(
    ("who", "where", "flag", "decision"),
    [
        (member(is_owner=True), Rules(default_deny=SEND), SEND, Decision(True, Step.OWNER)),
        (member(), None, SEND, Decision(True, Step.DEFAULT)),
        (member(), None, KICK, Decision(False, Step.DEFAULT)),
        (member(), Rules(default_deny=KICK), KICK, Decision(False, Step.DEFAULT)),
        (member(roles={ROLE: 0, OTHER: int(KICK)}), None, KICK, Decision(True, Step.ROLE, OTHER)),
        (member(roles={ROLE: int(KICK), OTHER: int(KICK)}), None, KICK, Decision(True, Step.ROLE, ROLE)),
        (member(roles={ROLE: int(SEND)}), None, SEND, Decision(True, Step.DEFAULT)),
        (
            member(roles={ROLE: int(P.ADMINISTRATOR)}, timed_out=True),
            Rules(default_deny=SEND),
            SEND,
            Decision(True, Step.ADMINISTRATOR),
        ),
        (member(), Rules(default_deny=SEND), SEND, Decision(False, Step.CHANNEL_DEFAULT)),
        (member(), Rules(SEND, SEND), SEND, Decision(True, Step.CHANNEL_DEFAULT)),
        (member(), Rules(of_roles={OTHER: takes(SEND)}), SEND, Decision(False, Step.ROLE_OVERRIDE, OTHER)),
        (
            member(),
            Rules(of_roles={ROLE: gives(SEND), OTHER: takes(SEND)}),
            SEND,
            Decision(True, Step.ROLE_OVERRIDE, ROLE),
        ),
        (
            member(),
            Rules(of_roles={ROLE: gives(SEND)}, of_users={USER: takes(SEND)}),
            SEND,
            Decision(False, Step.MEMBER_OVERRIDE, USER),
        ),
        (
            member(),
            Rules(default_deny=SEND, inherited=True),
            SEND,
            Decision(False, Step.CATEGORY, None, Step.CHANNEL_DEFAULT),
        ),
        (
            member(),
            Rules(of_users={USER: takes(SEND)}, inherited=True),
            SEND,
            Decision(False, Step.CATEGORY, USER, Step.MEMBER_OVERRIDE),
        ),
        (member(), Rules(inherited=True), SEND, Decision(True, Step.DEFAULT)),
        (member(timed_out=True), Rules(of_users={USER: gives(SEND)}), SEND, Decision(False, Step.TIMED_OUT)),
        (member(timed_out=True), None, VIEW, Decision(True, Step.DEFAULT)),
        (member(), Rules(default_deny=VIEW), SEND, Decision(False, Step.NO_VIEW)),
        (member(), Rules(default_deny=VIEW), VIEW, Decision(False, Step.CHANNEL_DEFAULT)),
        (member(timed_out=True), Rules(default_deny=VIEW), SEND, Decision(False, Step.NO_VIEW)),
    ],
)
def test_the_step_that_decided_is_named_with_its_holder(who, where, flag, decision):
    assert explain(who, where)[flag] == decision


@often
@given(worlds())
def test_every_decision_follows_from_the_thing_that_it_names(world):
    for who, where, held in cases(world):
        for flag, decision in explain(who, where).items():
            assert decision.allowed is (flag.name in held)
            assert said(who, where, flag, decision), (flag, decision)
            assert (decision.step is Step.CATEGORY) is (decision.via is not None)


@often
@given(worlds())
def test_without_what_decided_an_earlier_step_decides_or_another_of_the_same_kind(world):
    for who, where, _held in cases(world):
        for flag, decision in explain(who, where).items():
            if decision.step is Step.DEFAULT:
                continue
            cut = without(who, where, flag, decision)
            instead = explain(*cut)[flag]
            assert instead.allowed is bool(resolve(*cut) & flag)
            assert (instead.step, instead.holder, instead.via) != (decision.step, decision.holder, decision.via)
            assert place(instead) <= place(decision)
            if alone(who, where, flag, decision):
                assert place(instead) < place(decision)


@often
@given(worlds())
def test_who_is_above_the_rules_is_so_for_every_flag_and_nobody_else_is(world):
    for who, where, _held in cases(world):
        steps = {decision.step for decision in explain(who, where).values()}
        granted = who.default | sum({bit for bit in P if any(flags & bit for flags in who.roles.values())})
        if who.is_owner:
            assert steps == {Step.OWNER}
        elif granted & P.ADMINISTRATOR:
            assert steps == {Step.ADMINISTRATOR}
        else:
            assert not steps & {Step.OWNER, Step.ADMINISTRATOR}
            unseen = where is not None and not explain(who, where)[VIEW].allowed
            assert (Step.NO_VIEW in steps) is unseen
            assert (Step.TIMED_OUT in steps) is (who.timed_out and not unseen)


def said(who, where, flag, decision):
    """Whether the thing that a decision names says so itself."""
    step = decision.via or decision.step
    lent = where is not None and where.inherited
    if step in IN_CHANNEL:
        if (decision.via is not None) is not lent:
            return False
        allow, deny = spoken(where, step, decision.holder)
        return bool((allow if decision.allowed else deny) & flag)
    match step:
        case Step.OWNER:
            return who.is_owner and decision.allowed
        case Step.ADMINISTRATOR:
            return decision.allowed
        case Step.DEFAULT:
            return bool(who.default & flag) is decision.allowed
        case Step.ROLE:
            return decision.allowed and bool(who.roles[decision.holder] & flag) and not who.default & flag
        case Step.TIMED_OUT:
            return who.timed_out and not decision.allowed and flag != VIEW
        case Step.NO_VIEW:
            return not decision.allowed and flag != VIEW and not resolve(who, where) & VIEW
    return False


def spoken(where, step, holder):
    if step is Step.CHANNEL_DEFAULT:
        return where.default_allow, where.default_deny
    word = (where.of_roles if step is Step.ROLE_OVERRIDE else where.of_users)[holder]
    return word.allow, word.deny


def without(who, where, flag, decision):
    """The same person and rules, but the thing that decided says nothing of that flag."""
    step, holder = decision.via or decision.step, decision.holder
    hush = ~int(flag)
    match step:
        case Step.OWNER:
            return replace(who, is_owner=False), where
        case Step.ADMINISTRATOR:
            bit = ~int(P.ADMINISTRATOR)
            roles = {role: flags & bit for role, flags in who.roles.items()}
            return replace(who, default=who.default & bit, roles=roles), where
        case Step.ROLE:
            return replace(who, roles={**who.roles, holder: who.roles[holder] & hush}), where
        case Step.CHANNEL_DEFAULT:
            changed = {"default_allow": where.default_allow & hush, "default_deny": where.default_deny & hush}
            return who, replace(where, **changed)
        case Step.ROLE_OVERRIDE | Step.MEMBER_OVERRIDE:
            group = "of_roles" if step is Step.ROLE_OVERRIDE else "of_users"
            words = getattr(where, group)
            quiet = Overrule(words[holder].allow & hush, words[holder].deny & hush)
            return who, replace(where, **{group: {**words, holder: quiet}})
        case Step.TIMED_OUT:
            return replace(who, timed_out=False), where
    # What shows the channel to them, by their own override.
    own = where.of_users.get(who.user_id, Overrule(0, 0))
    return who, replace(where, of_users={**where.of_users, who.user_id: Overrule(own.allow | VIEW, own.deny)})


def alone(who, where, flag, decision):
    """Whether nothing else of the same step speaks of that flag."""
    step = decision.via or decision.step
    if step is Step.ROLE:
        return not any(flags & flag for role, flags in who.roles.items() if role != decision.holder)
    if step is Step.ROLE_OVERRIDE:
        mine = [word for role, word in where.of_roles.items() if role in who.roles and role != decision.holder]
        return not any((word.allow | word.deny) & flag for word in mine)
    return True


def place(decision):
    """Where a decision stands in the order of the steps; who is above the rules has the last word."""
    step = decision.via or decision.step
    above = {Step.ADMINISTRATOR: len(ORDER), Step.OWNER: len(ORDER) + 1}
    return above.get(step, ORDER.index(step))


# -- at the door -------------------------------------------------------------------------------------------


def test_the_door_explains_a_server_and_a_channel_by_what_counts_there(cast):
    assert access.why(cast.alice, cast.secret)[SEND] == Decision(True, Step.OWNER)
    assert access.why(cast.bob, cast.server)[P.MANAGE_SERVER] == Decision(True, Step.ROLE, cast.moderator.pk)
    assert access.why(cast.bob, cast.secret)[VIEW] == Decision(True, Step.ROLE_OVERRIDE, cast.moderator.pk)
    assert access.why(cast.charlie, cast.secret)[VIEW] == Decision(False, Step.CHANNEL_DEFAULT)
    assert access.why(cast.charlie, cast.secret)[SEND] == Decision(False, Step.NO_VIEW)
    assert {decision.step for decision in access.why(cast.charlie, cast.server).values()} == {Step.DEFAULT}


def test_what_a_category_lends_is_told_as_its_word(cast):
    category = cast.general.parent
    Override.objects.create(channel=category, user=cast.charlie, deny=SEND)
    lent = Channel.objects.create(server=cast.server, parent=category, inherits=True, name="lent")
    told = access.why(cast.charlie, lent)[SEND]
    assert told == Decision(False, Step.CATEGORY, cast.charlie.pk, Step.MEMBER_OVERRIDE)
    assert access.why(cast.charlie, cast.general)[SEND] == Decision(True, Step.DEFAULT)


def test_the_door_explains_nothing_to_strangers(cast):
    for where in (cast.server, cast.general):
        with pytest.raises(NotFound):
            access.why(cast.mallory, where)


def test_the_door_and_its_explanation_agree_for_everybody_everywhere(cast):
    late = Role.objects.create(server=cast.server, name="late", permissions=P.MANAGE_ROLES)
    MemberRole.objects.create(member=Member.objects.get(user=cast.charlie), role=late)
    for user in (cast.alice, cast.bob, cast.charlie):
        for where in (cast.server, cast.general, cast.secret):
            held = {flag for flag, decision in access.why(user, where).items() if decision.allowed}
            assert held == set(access.flags(user, where)), (user, where)
    assert len(access.why(cast.bob, cast.server)) == len(P) == 16
    assert DEFAULT in access.flags(cast.charlie, cast.server)
