"""PATCH /servers/{id}: by its owner and by those with MANAGE_SERVER."""

import uuid

import pytest

from together.audit.entry import AuditEntry

CHANGES = {"name": "Renamed", "icon_url": "https://example.org/i.png", "is_public": True, "require_invite": True}


@pytest.mark.parametrize("who", ["alice", "bob"])
def test_who_may_changes_everything_and_members_hear_of_it(api, cast, told, frames, who):
    answer = api(getattr(cast, who)).patch(f"/servers/{cast.server.pk}", CHANGES)

    assert answer.status_code == 200
    assert {name: answer.json()[name] for name in CHANGES} == CHANGES
    assert answer.json()["member_count"] == 3
    [event] = told()
    assert (event.name, event.audiences) == ("SERVER_UPDATE", [f"server:{cast.server.pk}"])
    [frame] = frames()
    assert frame.d == answer.json()


def test_what_is_left_out_stays_and_null_clears_only_the_icon(api, cast):
    alice = api(cast.alice)
    alice.patch(f"/servers/{cast.server.pk}", CHANGES)
    answer = alice.patch(f"/servers/{cast.server.pk}", dict.fromkeys(CHANGES))
    assert {name: answer.json()[name] for name in CHANGES} == {**CHANGES, "icon_url": None}
    assert alice.patch(f"/servers/{cast.server.pk}", {}).json()["name"] == "Renamed"


def test_what_changed_is_written_down_and_what_did_not_is_not_told(api, cast, told):
    for _ in range(2):
        api(cast.bob).patch(f"/servers/{cast.server.pk}", {"name": "Renamed", "is_public": False})
    api(cast.bob).patch(f"/servers/{cast.server.pk}", {})
    assert [event.name for event in told()] == ["SERVER_UPDATE"]
    entry = AuditEntry.objects.get()
    assert (entry.action, entry.actor, entry.target_id) == ("server_update", cast.bob, cast.server.pk)
    assert entry.details == {"name": "Renamed", "icon_url": None, "is_public": False}
    assert (entry.before, entry.after) == ({"name": "Gaming Squad"}, {"name": "Renamed"})


def test_it_is_public_and_private_again_at_once(api, cast):
    for public, count in ((True, 1), (False, 0)):
        api(cast.alice).patch(f"/servers/{cast.server.pk}", {"is_public": public})
        assert len(api(cast.mallory).get("/servers/browse").json()) == count


def test_a_member_without_the_permission_is_refused(api, cast, told):
    answer = api(cast.charlie).patch(f"/servers/{cast.server.pk}", CHANGES)
    assert answer.status_code == 403
    assert "MANAGE_SERVER" in answer.json()["error"]
    assert told() == []


def test_strangers_are_told_nothing(api, cast, told):
    hidden = api(cast.mallory).patch(f"/servers/{cast.server.pk}", CHANGES)
    unknown = api(cast.mallory).patch(f"/servers/{uuid.uuid4()}", CHANGES)
    assert hidden.status_code == unknown.status_code == 404
    assert hidden.json() == unknown.json()
    assert api().patch(f"/servers/{cast.server.pk}", CHANGES).status_code == 401
    assert told() == []


def test_owners_and_ids_cannot_be_changed(api, cast):
    body = {"owner_id": str(cast.mallory.pk), "id": str(uuid.uuid4()), "member_count": 9, "deleted_at": 1}
    answer = api(cast.alice).patch(f"/servers/{cast.server.pk}", body)
    assert (answer.json()["owner_id"], answer.json()["id"]) == (str(cast.alice.pk), str(cast.server.pk))
    cast.server.refresh_from_db()
    assert (cast.server.deleted_at, cast.server.members.count()) == (None, 3)


@pytest.mark.parametrize(
    ("body", "status"),
    [
        ({"name": ""}, 400),
        ({"name": "n" * 101}, 400),
        ({"icon_url": "data:x"}, 400),
        ({"is_public": 1}, 422),
        ({"name": 1}, 422),
        ("{", 400),
    ],
)
def test_a_bad_body_is_refused_before_anything_is_looked_up(api, cast, body, status):
    for user in (cast.alice, cast.charlie, cast.mallory):
        assert api(user).patch(f"/servers/{cast.server.pk}", body).status_code == status
