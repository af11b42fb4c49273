"""Who may do what to whom: five ranks, every act on roles and overrides, on what is below, level with and above them.

The acts of moderation have a table of their own, in test_moderation_ranks.py.
"""

from dataclasses import dataclass
from typing import Any

import pytest

from accounts.models import User
from guilds.models import Channel, Member, MemberRole, Override, Role, Server
from guilds.permissions import Permission

P = Permission

MANAGING = P.MANAGE_ROLES | P.MANAGE_CHANNELS
# The rank of each; the owner needs none, and who has no role ranks at zero.
RANKS = {"owner": 0, "administrator": 40, "high": 30, "low": 10, "plain": 0}
POWERS = {"administrator": P.ADMINISTRATOR, "high": MANAGING, "low": MANAGING}
OFFSETS = {"below": -1, "level": 0, "above": 1}


@dataclass
class World:
    """One who acts, a role at some height relative to theirs, somebody who holds it, and somebody who holds nothing."""

    client: Any
    actor: User
    server: Server
    channel: Channel
    role: Role
    holder: Member
    nobody: Member
    # A role with nothing in it that everybody who has one outranks.
    lowest: Role

    def at(self, path: str) -> str:
        return f"/servers/{self.server.pk}/{path}"

    def held(self, member: Member, role: Role) -> str:
        return self.at(f"members/{member.user_id}/roles/{role.pk}")


@pytest.fixture
def world(api, db, who, where):
    owner, actor, held_by, nobody = (User.objects.create(username=name) for name in ("olga", "actor", "held", "nobody"))
    actor = owner if who == "owner" else actor
    server = Server.objects.create(name="Ranks", owner=owner)
    members = {user: Member.objects.create(user=user, server=server) for user in {owner, actor, held_by, nobody}}
    if who in POWERS:
        mine = Role.objects.create(server=server, name="mine", position=RANKS[who], permissions=POWERS[who])
        MemberRole.objects.create(member=members[actor], role=mine)
    role = Role.objects.create(server=server, name="role", position=RANKS[who] + OFFSETS[where])
    MemberRole.objects.create(member=members[held_by], role=role)
    lowest = Role.objects.create(server=server, name="lowest", position=-5)
    channel = Channel.objects.create(server=server, name="general")
    return World(api(actor), actor, server, channel, role, members[held_by], members[nobody], lowest)


def rename(world):
    return world.client.patch(world.at(f"roles/{world.role.pk}"), {"name": "other"})


def allow(world):
    return world.client.patch(world.at(f"roles/{world.role.pk}"), {"permissions": int(P.SPEAK)})


def delete(world):
    return world.client.delete(world.at(f"roles/{world.role.pk}"))


def make_there(world):
    return world.client.post(world.at("roles"), {"name": "new", "position": max(world.role.position, 0)})


def lift_there(world):
    """Lift the lowest role to that height."""
    return world.client.patch(world.at(f"roles/{world.lowest.pk}"), {"position": max(world.role.position, 0)})


def reorder(world):
    """Put that role below the lowest."""
    ids = [str(role.pk) for role in world.server.roles.in_order() if role != world.role]
    return world.client.put(world.at("roles/order"), {"role_ids": [*ids, str(world.role.pk)]})


def give(world):
    return world.client.put(world.held(world.nobody, world.role))


def give_to_holder(world):
    return world.client.put(world.held(world.holder, world.lowest))


def take_from_holder(world):
    MemberRole.objects.create(member=world.holder, role=world.lowest)
    return world.client.delete(world.held(world.holder, world.lowest))


def take_it(world):
    return world.client.delete(world.held(world.holder, world.role))


def give_to_oneself(world):
    own = Member.objects.get(server=world.server, user=world.actor)
    return world.client.put(world.held(own, world.role))


def override_role(world):
    body = {"role_id": str(world.role.pk), "allow": 0, "deny": int(P.SPEAK)}
    return world.client.put(f"/channels/{world.channel.pk}/overrides", body)


def override_holder(world):
    body = {"user_id": str(world.holder.user_id), "allow": 0, "deny": int(P.SPEAK)}
    return world.client.put(f"/channels/{world.channel.pk}/overrides", body)


def remove_override_of_role(world):
    made = Override.objects.create(channel=world.channel, role=world.role, allow=P.SPEAK)
    return world.client.delete(f"/channels/{world.channel.pk}/overrides/{made.pk}")


def inherit_an_override_of_role(world):
    category = Channel.objects.create(server=world.server, name="Text", type="category")
    Channel.objects.filter(pk=world.channel.pk).update(parent=category)
    Override.objects.create(channel=category, role=world.role, allow=P.SPEAK)
    return world.client.patch(world.at(f"channels/{world.channel.pk}"), {"inherits": True})


ACTS = [
    rename,
    allow,
    delete,
    make_there,
    lift_there,
    reorder,
    give,
    give_to_holder,
    take_from_holder,
    take_it,
    give_to_oneself,
    override_role,
    override_holder,
    remove_override_of_role,
    inherit_an_override_of_role,
]


@pytest.mark.parametrize("act", ACTS)
@pytest.mark.parametrize("where", OFFSETS)
@pytest.mark.parametrize("who", RANKS)
def test_one_acts_on_what_is_below_oneself_and_the_owner_on_everything(world, who, where, act):
    may = who == "owner" or (who != "plain" and where == "below")
    before = standings_of(world)
    answer = act(world)
    assert answer.status_code in ({200, 201, 204} if may else {403}), answer.content
    if not may and act not in {take_from_holder, remove_override_of_role, inherit_an_override_of_role}:
        assert standings_of(world) == before


def standings_of(world):
    """All that these acts could change."""
    roles = world.server.roles.values_list("pk", "name", "permissions", "position")
    held = MemberRole.objects.values_list("member", "role")
    overrides = Override.objects.values_list("channel", "role", "user", "allow", "deny")
    return [sorted(rows, key=str) for rows in (roles, held, overrides)]


@pytest.mark.parametrize("where", ["below"])
@pytest.mark.parametrize("who", ["owner", "administrator", "high", "low"])
def test_rank_alone_gives_no_permission_that_one_lacks(world, who, where):
    """The other half: what is below one may still not be given what one does not have."""
    gift = int(P.BAN_MEMBERS)
    status = {"owner": 200, "administrator": 200}.get(who, 403)
    assert world.client.patch(world.at(f"roles/{world.role.pk}"), {"permissions": gift}).status_code == status
    Role.objects.filter(pk=world.role.pk).update(permissions=gift)
    assert (give(world).status_code, take_it(world).status_code) == ({200: 204, 403: 403}[status], 204)
    body = {"role_id": str(world.role.pk), "allow": int(P.MUTE_MEMBERS), "deny": 0}
    assert world.client.put(f"/channels/{world.channel.pk}/overrides", body).status_code == status


@pytest.mark.parametrize("act", ACTS)
@pytest.mark.parametrize("where", ["below"])
@pytest.mark.parametrize("who", ["high"])
def test_without_the_permission_no_rank_helps(world, who, where, act):
    Role.objects.filter(name="mine").update(permissions=0)
    assert act(world).status_code == 403
    Role.objects.filter(name="mine").update(permissions=MANAGING)
    Override.objects.all().delete()
    MemberRole.objects.filter(role=world.lowest).delete()
    assert act(world).status_code < 300
