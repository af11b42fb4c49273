"""Roles over REST: list, create, edit and delete. Who outranks whom is in test_rank_matrix.py."""

import uuid

import pytest

from guilds import access
from guilds.actions import delete_role, roles
from guilds.models import Member, MemberRole, Override, Role, Server
from guilds.permissions import Permission
from together.audit.entry import AuditEntry

P = Permission

NEW = {"name": "Helper", "permissions": 123, "color": "#00ff7F"}


@pytest.fixture
def path(cast):
    """bob may manage roles."""
    Role.objects.filter(pk=cast.moderator.pk).update(permissions=P.MANAGE_ROLES | P.MANAGE_MESSAGES, position=2)
    cast.moderator.refresh_from_db()
    return f"/servers/{cast.server.pk}/roles"


def make(cast, name, position, permissions=0):
    return Role.objects.create(server=cast.server, name=name, position=position, permissions=permissions)


def order(cast):
    return [(role.name, role.position) for role in cast.server.roles.in_order()]


def test_members_list_the_roles_with_the_highest_first(api, cast, path):
    low = make(cast, "Low", 1)
    answer = api(cast.charlie).get(path)
    assert [role["name"] for role in answer.json()] == ["Moderator", "Low"]
    assert answer.json()[1] == {
        "id": str(low.pk),
        "server_id": str(cast.server.pk),
        "name": "Low",
        "permissions": 0,
        "color": None,
        "position": 1,
        "created_at": answer.json()[1]["created_at"],
    }
    assert api(cast.mallory).get(path).status_code == 404
    assert api().get(path).status_code == 401


@pytest.mark.parametrize("who", ["alice", "bob"])
def test_a_new_role_comes_below_all_others_and_everybody_hears_of_it(api, cast, path, told, frames, who):
    answer = api(getattr(cast, who)).post(path, NEW)
    assert answer.status_code == 201
    made = answer.json()
    assert made == {**made, **NEW, "position": 1, "server_id": str(cast.server.pk)}
    # What had place enough did not move.
    assert order(cast) == [("Moderator", 2), ("Helper", 1)]
    assert [(event.name, event.audiences) for event in told()] == [("ROLE_CREATE", [f"server:{cast.server.pk}"])]
    assert frames()[-1].d == made
    entry = AuditEntry.objects.get(action="role_create")
    assert (entry.target_type, str(entry.target_id)) == ("role", made["id"])
    assert entry.details == {"name": "Helper", "permissions": 123}
    assert entry.after == {**NEW, "position": 1}


def test_others_make_room_and_only_those_who_moved_are_told_of(api, cast, path, told):
    make(cast, "Top", 9)
    make(cast, "Level", 2)
    api(cast.alice).post(path, NEW)
    # Who was level stays level.
    assert order(cast) == [("Top", 3), ("Moderator", 2), ("Level", 2), ("Helper", 1)]
    assert [event.name for event in told()] == ["ROLE_UPDATE", "ROLE_CREATE"]
    api(cast.alice).post(path, NEW)
    assert order(cast) == [("Top", 4), ("Moderator", 3), ("Level", 3), ("Helper", 2), ("Helper", 1)]


def test_a_position_is_taken_as_it_is(api, cast, path):
    assert api(cast.alice).post(path, {**NEW, "position": 7}).json()["position"] == 7
    assert order(cast) == [("Helper", 7), ("Moderator", 2)]


def test_who_has_no_role_makes_none_above_themselves(api, cast, path):
    Server.objects.filter(pk=cast.server.pk).update(default_permissions=P.MANAGE_ROLES | P.VIEW_CHANNEL)
    assert api(cast.charlie).post(path, {"name": "x"}).status_code == 403
    assert order(cast) == [("Moderator", 2)]
    assert api(cast.bob).post(path, {"name": "x"}).status_code == 201


@pytest.mark.parametrize(
    ("body", "status"),
    [
        ({"name": ""}, 400),
        ({"name": " \u200b "}, 400),
        ({"name": "n" * 101}, 400),
        ({"permissions": 99999}, 400),
        ({"permissions": 65536}, 400),
        ({"permissions": -1}, 400),
        ({"permissions": 2**63}, 422),
        ({"permissions": "123"}, 422),
        ({"permissions": 1.0}, 422),
        ({"permissions": True}, 422),
        ({"color": "red"}, 400),
        ({"color": "#00ff7"}, 400),
        ({"color": "#00ff7f\n"}, 400),
        ({"color": 5}, 422),
        ({"position": -1}, 400),
        ({"position": 2**31}, 400),
        ({"position": "1"}, 422),
        ({"name": 5}, 422),
        ({"hoist": True}, 422),
    ],
)
def test_bad_values_are_refused_before_anything_is_looked_up(api, cast, path, body, status):
    for user in (cast.alice, cast.charlie, cast.mallory):
        for answer in (
            api(user).post(path, {**NEW, **body}),
            api(user).patch(f"{path}/{cast.moderator.pk}", body),
        ):
            assert (answer.status_code, set(answer.json()["fields"])) == (status, set(body))
    assert order(cast) == [("Moderator", 2)]


def test_names_are_trimmed_and_no_colour_is_none(api, cast, path):
    made = api(cast.alice).post(path, {"name": " Helper ", "color": ""}).json()
    assert (made["name"], made["color"], made["permissions"]) == ("Helper", None, 0)
    role = f"{path}/{made['id']}"
    for none in ("", None):
        assert api(cast.alice).patch(role, {"color": "#123456"}).json()["color"] == "#123456"
        assert api(cast.alice).patch(role, {"color": none}).json()["color"] is None


def test_it_takes_the_permission_and_strangers_are_told_nothing(api, cast, path, told):
    role = f"{path}/{cast.moderator.pk}"
    for act in (
        lambda user, at: api(user).post(at, NEW) if at == path else api(user).patch(at, {"name": "x"}),
        lambda user, at: api(user).delete(at) if at != path else api(user).post(at, NEW),
    ):
        for at in (path, role):
            refused = act(cast.charlie, at)
            assert (refused.status_code, "MANAGE_ROLES" in refused.json()["error"]) == (403, True)
            assert act(cast.mallory, at).status_code == 404
            assert act(None, at).status_code == 401
    assert told() == []
    assert AuditEntry.objects.count() == 0


def test_a_server_has_so_many_roles_and_no_more(api, cast, path, monkeypatch):
    monkeypatch.setattr(roles, "MAX_ROLES", 2)
    assert [api(cast.alice).post(path, NEW).status_code for _ in range(2)] == [201, 400]


def test_nobody_gives_a_role_what_they_lack_but_everybody_what_all_have(api, cast, path):
    assert api(cast.bob).post(path, NEW).status_code == 201
    refused = api(cast.bob).post(path, {**NEW, "permissions": int(P.KICK_MEMBERS)})
    assert (refused.status_code, "KICK_MEMBERS" in refused.json()["error"]) == (403, True)
    assert api(cast.alice).post(path, {**NEW, "permissions": 65535}).status_code == 201


def test_only_the_permissions_that_change_must_be_held(api, cast, path):
    low = make(cast, "Low", 1, P.KICK_MEMBERS)
    bob, at = api(cast.bob), f"{path}/{low.pk}"
    assert bob.patch(at, {"permissions": int(P.KICK_MEMBERS | P.MANAGE_MESSAGES)}).status_code == 200
    assert bob.patch(at, {"permissions": int(P.MANAGE_MESSAGES)}).status_code == 403
    assert bob.patch(at, {"permissions": int(P.KICK_MEMBERS | P.ADMINISTRATOR)}).status_code == 403
    assert bob.patch(at, {"name": "Other"}).json()["permissions"] == P.KICK_MEMBERS | P.MANAGE_MESSAGES


def test_a_change_of_permissions_changes_access_and_is_written_down(api, cast, path, told, frames):
    low = make(cast, "Low", 1)
    answer = api(cast.bob).patch(f"{path}/{low.pk}", {"name": "Helper", "permissions": 4, "position": 0})
    assert answer.json() == {**answer.json(), "name": "Helper", "permissions": 4, "position": 0}
    server = [f"server:{cast.server.pk}"]
    assert [(event.name, event.audiences) for event in told()] == [("@access_changed", server), ("ROLE_UPDATE", server)]
    assert frames()[-1].d == answer.json()
    entry = AuditEntry.objects.get(action="role_update")
    assert (entry.actor, entry.target_id, entry.details) == (cast.bob, low.pk, {"name": "Helper", "permissions": 4})
    assert entry.before == {"name": "Low", "permissions": 0, "position": 1}
    assert entry.after == {"name": "Helper", "permissions": 4, "position": 0}


def test_what_stays_the_same_is_told_to_nobody(api, cast, path, told):
    low = make(cast, "Low", 1)
    shown = api(cast.bob).patch(f"{path}/{low.pk}", {})
    assert shown.status_code == 200
    same = {name: shown.json()[name] for name in ("name", "permissions", "color", "position")}
    assert api(cast.bob).patch(f"{path}/{low.pk}", same).json() == shown.json()
    assert told() == []
    assert AuditEntry.objects.count() == 0
    api(cast.bob).patch(f"{path}/{low.pk}", {"name": "x"})
    assert [event.name for event in told()] == ["ROLE_UPDATE"]


def test_a_deleted_role_is_gone_from_people_and_channels(api, cast, path, told):
    assert access.can(cast.bob, P.VIEW_CHANNEL, cast.secret)
    answer = api(cast.alice).delete(f"{path}/{cast.moderator.pk}")
    assert (answer.status_code, answer.content) == (204, b"")
    assert not access.can(cast.bob, P.VIEW_CHANNEL, cast.secret)
    assert MemberRole.objects.count() == Override.objects.count() == 0
    server = [f"server:{cast.server.pk}"]
    assert [(event.name, event.audiences) for event in told()] == [("ROLE_DELETE", server), ("@access_changed", server)]
    entry = AuditEntry.objects.get(action="role_delete")
    assert (entry.target_id, entry.details, entry.before["position"]) == (cast.moderator.pk, {"name": "Moderator"}, 2)
    assert api(cast.alice).delete(f"{path}/{cast.moderator.pk}").status_code == 404


def test_a_role_is_not_found_through_another_server(api, cast, path):
    elsewhere = Server.objects.create(name="Elsewhere", owner=cast.alice)
    Member.objects.create(user=cast.alice, server=elsewhere)
    at = f"/servers/{elsewhere.pk}/roles"
    for id in (cast.moderator.pk, uuid.uuid4()):
        assert api(cast.alice).patch(f"{at}/{id}", {"name": "x"}).status_code == 404
        assert api(cast.alice).delete(f"{at}/{id}").status_code == 404
    assert api(cast.alice).get(at).json() == []
    assert api(cast.alice).patch(f"{at}/role", {"name": "x"}).status_code == 400
    assert api(cast.alice).patch(f"{path}/{cast.moderator.pk}", {"name": "x"}).status_code == 200


def test_what_every_member_may_do_takes_manage_roles_and_the_flags_that_change(api, cast, path, told):
    """PATCH /servers/{id} with `default_permissions`."""
    at = f"/servers/{cast.server.pk}"
    answer = api(cast.bob).patch(at, {"default_permissions": 123 | int(P.MANAGE_MESSAGES)})
    assert answer.json()["default_permissions"] == 127
    assert [event.name for event in told()] == ["@access_changed", "SERVER_UPDATE"]
    assert access.can(cast.charlie, P.MANAGE_MESSAGES, cast.general)
    for flag in (P.KICK_MEMBERS, P.ADMINISTRATOR):
        refused = api(cast.bob).patch(at, {"default_permissions": 127 | int(flag)})
        assert (refused.status_code, str(flag.name) in refused.json()["error"]) == (403, True)
    # The rest of a server takes MANAGE_SERVER, which bob lacks here, and the other way round.
    assert api(cast.bob).patch(at, {"default_permissions": 123, "name": "x"}).status_code == 403
    Role.objects.filter(pk=cast.moderator.pk).update(permissions=P.MANAGE_SERVER)
    assert api(cast.bob).patch(at, {"name": "x"}).status_code == 200
    refused = api(cast.bob).patch(at, {"default_permissions": 123})
    assert (refused.status_code, "MANAGE_ROLES" in refused.json()["error"]) == (403, True)
    assert api(cast.alice).patch(at, {"default_permissions": 65536}).status_code == 400
    assert api(cast.alice).patch(at, {"default_permissions": 0}).json()["default_permissions"] == 0
    assert AuditEntry.objects.filter(action="server_update").count() == 3


def test_the_log_says_what_a_deleted_role_had_in_each_channel(api, cast):
    [override] = Override.objects.filter(role=cast.moderator)
    allow = override.allow
    delete_role(actor=cast.alice, role=cast.moderator)
    gone, role = AuditEntry.objects.order_by("created_at")
    assert (gone.action, gone.channel_id, gone.target_id) == ("channel_override_delete", cast.secret.pk, cast.secret.pk)
    assert gone.details == {"override_id": str(override.pk)}
    assert gone.before == {"role_id": str(role.target_id), "user_id": None, "allow": allow, "deny": override.deny}
    assert role.action == "role_delete"
