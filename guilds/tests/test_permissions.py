"""The arithmetic of permission flags."""

import uuid

import pytest

from guilds.permissions import CHANNEL_SCOPE, DEFAULT, EVERYTHING, NONE, Overrule, Permission, Rules, Standing, resolve

P = Permission
USER, SERVER, ROLE, OTHER = (uuid.UUID(int=number) for number in range(1, 5))


def member(default=DEFAULT, owner=False, **roles):
    return Standing(
        USER, SERVER, owner, default, {{"role": ROLE, "other": OTHER}[name]: flags for name, flags in roles.items()}
    )


def test_the_flags_have_the_values_of_the_wire():
    assert [flag.value for flag in Permission] == [1 << bit for bit in range(16)]
    assert DEFAULT == 123
    assert EVERYTHING == 65535


def test_a_member_without_roles_holds_the_default_of_the_server():
    assert member().base == DEFAULT
    assert member(default=P.VIEW_CHANNEL).base == P.VIEW_CHANNEL


def test_the_flags_of_all_roles_add_up():
    assert member(role=P.KICK_MEMBERS, other=P.BAN_MEMBERS).base == DEFAULT | P.KICK_MEMBERS | P.BAN_MEMBERS


@pytest.mark.parametrize("standing", [member(owner=True, default=NONE), member(default=NONE, role=P.ADMINISTRATOR)])
def test_owners_and_administrators_have_everything_whatever_a_channel_says(standing):
    everything_denied = Rules(
        default_deny=EVERYTHING,
        of_roles=(Overrule(ROLE, NONE, EVERYTHING),),
        of_users=(Overrule(USER, NONE, EVERYTHING),),
    )
    assert standing.base == EVERYTHING
    assert resolve(standing, everything_denied) == EVERYTHING


def test_without_rules_the_server_level_flags_hold():
    assert resolve(member(role=P.MANAGE_MESSAGES), Rules()) == DEFAULT | P.MANAGE_MESSAGES


def test_what_a_channel_denies_to_everyone_is_gone_and_what_it_allows_is_there():
    assert resolve(member(), Rules(default_deny=P.SEND_MESSAGES)) == DEFAULT & ~P.SEND_MESSAGES
    assert resolve(member(), Rules(default_allow=P.MANAGE_MESSAGES)) == DEFAULT | P.MANAGE_MESSAGES


@pytest.mark.parametrize(
    ("rules", "sends"),
    [
        (Rules(P.SEND_MESSAGES, P.SEND_MESSAGES), True),
        (Rules(NONE, P.SEND_MESSAGES, (Overrule(ROLE, P.SEND_MESSAGES, NONE),)), True),
        (Rules(P.SEND_MESSAGES, NONE, (Overrule(ROLE, NONE, P.SEND_MESSAGES),)), False),
        (Rules(of_roles=(Overrule(ROLE, NONE, P.SEND_MESSAGES), Overrule(OTHER, P.SEND_MESSAGES, NONE))), True),
        (Rules(of_roles=(Overrule(OTHER, P.SEND_MESSAGES, NONE), Overrule(ROLE, NONE, P.SEND_MESSAGES))), True),
        (
            Rules(of_roles=(Overrule(ROLE, P.SEND_MESSAGES, NONE),), of_users=(Overrule(USER, NONE, P.SEND_MESSAGES),)),
            False,
        ),
        (
            Rules(of_roles=(Overrule(ROLE, NONE, P.SEND_MESSAGES),), of_users=(Overrule(USER, P.SEND_MESSAGES, NONE),)),
            True,
        ),
        (Rules(of_users=(Overrule(USER, P.SEND_MESSAGES, P.SEND_MESSAGES),)), True),
    ],
)
def test_everyone_comes_first_then_all_roles_together_then_the_person_and_allow_beats_deny_in_each(rules, sends):
    assert (P.SEND_MESSAGES in resolve(member(role=NONE, other=NONE), rules)) is sends


def test_overrides_of_roles_that_one_lacks_and_of_other_people_do_not_count():
    rules = Rules(
        of_roles=(Overrule(OTHER, NONE, P.SEND_MESSAGES),), of_users=(Overrule(OTHER, NONE, P.ADD_REACTIONS),)
    )
    assert resolve(member(role=NONE), rules) == DEFAULT


def test_nothing_holds_where_the_channel_is_not_seen():
    assert resolve(member(role=P.MANAGE_MESSAGES), Rules(default_deny=P.VIEW_CHANNEL)) == NONE


@pytest.mark.parametrize("flag", [flag for flag in Permission if flag not in CHANNEL_SCOPE])
def test_what_has_no_meaning_in_one_channel_cannot_be_lent_or_taken_there(flag):
    lent = Rules(flag, NONE, (Overrule(ROLE, flag, NONE),), (Overrule(USER, flag, NONE),))
    taken = Rules(NONE, flag, (Overrule(ROLE, NONE, flag),), (Overrule(USER, NONE, flag),))
    assert resolve(member(role=NONE), lent) == DEFAULT
    if flag != P.ADMINISTRATOR:
        assert flag in resolve(member(role=flag), taken)


def test_bits_that_are_no_permission_are_harmless():
    assert resolve(member(role=P(1 << 40)), Rules(default_deny=P(1 << 41))) & EVERYTHING == DEFAULT
