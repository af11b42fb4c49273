"""The arithmetic of permission flags."""

import uuid

import pytest

from guilds.permissions import CHANNEL_SCOPE, DEFAULT, EVERYTHING, NONE, Overrule, Permission, Rules, Standing, resolve

P = Permission
USER, SERVER, ROLE, OTHER = (uuid.UUID(int=number) for number in range(1, 5))


def member(default=DEFAULT, owner=False, timed_out=False, **roles):
    held = {{"role": ROLE, "other": OTHER}[name]: int(flags) for name, flags in roles.items()}
    return Standing(USER, SERVER, owner, int(default), held, timed_out)


def gives(flags):
    return Overrule(int(flags), 0)


def takes(flags):
    return Overrule(0, int(flags))


def test_the_flags_have_the_values_of_the_wire():
    assert [flag.value for flag in Permission] == [1 << bit for bit in range(16)]
    assert DEFAULT == 123
    assert EVERYTHING == 65535


def test_a_member_without_roles_holds_the_default_of_the_server():
    assert resolve(member()) == DEFAULT
    assert resolve(member(default=P.VIEW_CHANNEL)) == P.VIEW_CHANNEL


def test_the_flags_of_all_roles_add_up():
    held = resolve(member(role=P.KICK_MEMBERS, other=P.BAN_MEMBERS))
    assert held == DEFAULT | P.KICK_MEMBERS | P.BAN_MEMBERS


@pytest.mark.parametrize("standing", [member(owner=True, default=NONE), member(default=NONE, role=P.ADMINISTRATOR)])
def test_owners_and_administrators_have_everything_whatever_a_channel_says(standing):
    everything_denied = Rules(
        default_deny=int(EVERYTHING), of_roles={ROLE: takes(EVERYTHING)}, of_users={USER: takes(EVERYTHING)}
    )
    assert resolve(standing) == EVERYTHING
    assert resolve(standing, everything_denied) == EVERYTHING


def test_in_a_channel_that_says_nothing_the_server_level_flags_hold():
    assert resolve(member(role=P.MANAGE_MESSAGES), Rules()) == DEFAULT | P.MANAGE_MESSAGES


def test_what_a_channel_denies_to_everyone_is_gone_and_what_it_allows_is_there():
    assert resolve(member(), Rules(default_deny=P.SEND_MESSAGES)) == DEFAULT & ~P.SEND_MESSAGES
    assert resolve(member(), Rules(default_allow=P.MANAGE_MESSAGES)) == DEFAULT | P.MANAGE_MESSAGES


SEND = int(P.SEND_MESSAGES)


@pytest.mark.parametrize(
    ("rules", "sends"),
    [
        (Rules(SEND, SEND), True),
        (Rules(0, SEND, {ROLE: gives(SEND)}), True),
        (Rules(SEND, 0, {ROLE: takes(SEND)}), False),
        (Rules(of_roles={ROLE: takes(SEND), OTHER: gives(SEND)}), True),
        (Rules(of_roles={OTHER: gives(SEND), ROLE: takes(SEND)}), True),
        (Rules(of_roles={ROLE: gives(SEND), OTHER: takes(SEND)}), True),
        (Rules(of_roles={ROLE: gives(SEND)}, of_users={USER: takes(SEND)}), False),
        (Rules(of_roles={ROLE: takes(SEND)}, of_users={USER: gives(SEND)}), True),
        (Rules(of_users={USER: Overrule(SEND, SEND)}), True),
    ],
)
def test_everyone_comes_first_then_all_roles_together_then_the_person_and_allow_beats_deny_in_each(rules, sends):
    assert bool(resolve(member(role=NONE, other=NONE), rules) & SEND) is sends


def test_overrides_of_roles_that_one_lacks_and_of_other_people_do_not_count():
    rules = Rules(of_roles={OTHER: takes(P.SEND_MESSAGES)}, of_users={OTHER: takes(P.ADD_REACTIONS)})
    assert resolve(member(role=NONE), rules) == DEFAULT


def test_nothing_holds_where_the_channel_is_not_seen():
    assert resolve(member(role=P.MANAGE_MESSAGES), Rules(default_deny=P.VIEW_CHANNEL)) == NONE


def test_who_is_timed_out_sees_what_they_saw_and_may_do_nothing():
    late = member(timed_out=True, role=P.MANAGE_MESSAGES | P.KICK_MEMBERS)
    assert resolve(late) == resolve(late, Rules(default_allow=P.MANAGE_CHANNELS)) == P.VIEW_CHANNEL
    assert resolve(late, Rules(default_deny=P.VIEW_CHANNEL)) == NONE


@pytest.mark.parametrize("flag", [flag for flag in Permission if flag not in CHANNEL_SCOPE])
def test_what_has_no_meaning_in_one_channel_cannot_be_lent_or_taken_there(flag):
    lent = Rules(flag, 0, {ROLE: gives(flag)}, {USER: gives(flag)})
    taken = Rules(0, flag, {ROLE: takes(flag)}, {USER: takes(flag)})
    assert resolve(member(role=NONE), lent) == DEFAULT
    if flag != P.ADMINISTRATOR:
        assert resolve(member(role=flag), taken) & flag


def test_bits_that_are_no_permission_are_harmless():
    assert resolve(member(role=1 << 40), Rules(default_deny=1 << 41)) & EVERYTHING == DEFAULT
