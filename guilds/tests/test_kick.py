"""POST /servers/{id}/members/{user_id}/kick: by those with KICK_MEMBERS. Ranks: test_moderation_ranks."""

import uuid

import pytest

from guilds.models import Ban, Member, MemberRole, Override, Role, Server
from guilds.permissions import Permission
from together.audit.entry import AuditEntry


@pytest.fixture
def path(cast):
    Role.objects.filter(pk=cast.moderator.pk).update(permissions=Permission.KICK_MEMBERS)
    return f"/servers/{cast.server.pk}/members/{cast.charlie.pk}/kick"


@pytest.mark.parametrize("who", ["alice", "bob"])
def test_who_may_sends_a_member_away_and_both_sides_hear_of_it(api, cast, path, told, frames, who):
    answer = api(getattr(cast, who)).post(path, {"reason": "Spam"})

    assert (answer.status_code, answer.content) == (204, b"")
    assert api(cast.charlie).get(f"/servers/{cast.server.pk}").status_code == 404
    assert api(cast.charlie).get(f"/channels/{cast.general.pk}/messages").status_code == 404
    assert [(event.name, event.audiences) for event in told()] == [
        ("MEMBER_KICK", [f"server:{cast.server.pk}", f"user:{cast.charlie.pk}"]),
        ("@access_changed", [f"user:{cast.charlie.pk}"]),
    ]
    assert frames()[0].d == {
        "server_id": str(cast.server.pk),
        "user_id": str(cast.charlie.pk),
        "reason": "Spam",
    }


def test_it_is_written_down(api, cast, path):
    api(cast.bob).post(path, {"reason": "Spam"})
    entry = AuditEntry.objects.get()
    assert (entry.action, entry.actor, entry.server) == ("member_kick", cast.bob, cast.server)
    assert (entry.target_type, entry.target_id) == ("user", cast.charlie.pk)
    assert (entry.details, entry.reason) == ({"reason": "Spam"}, "Spam")


def test_roles_and_overrides_go_with_the_member_in_this_server_only(api, cast, path, told):
    elsewhere = Server.objects.create(name="Elsewhere", owner=cast.alice)
    Member.objects.create(server=elsewhere, user=cast.charlie)
    there = elsewhere.channels.create(name="there")
    MemberRole.objects.create(member=Member.objects.get(user=cast.charlie, server=cast.server), role=_low(cast))
    for channel in (cast.general, there):
        Override.objects.create(channel=channel, user=cast.charlie, allow=Permission.MANAGE_MESSAGES)
    gone = Override.objects.get(channel=cast.general, user=cast.charlie)

    api(cast.bob).post(path)

    assert list(Override.objects.filter(user=cast.charlie)) == [Override.objects.get(channel=there)]
    assert not MemberRole.objects.filter(member__user=cast.charlie).exists()
    assert Member.objects.filter(user=cast.charlie, server=elsewhere).exists()
    [event] = [event for event in told() if event.name == "CHANNEL_OVERRIDE_DELETE"]
    assert event.audiences == [f"channel:{cast.general.pk}"]
    assert event.refs == {"channel_id": str(cast.general.pk), "override_id": str(gone.pk)}


def test_who_was_kicked_may_come_back_without_what_they_had(api, cast, path):
    Server.objects.update(is_public=True)
    Override.objects.create(channel=cast.secret, user=cast.charlie, allow=Permission.VIEW_CHANNEL)
    assert api(cast.charlie).get(f"/channels/{cast.secret.pk}/messages").status_code == 200
    api(cast.bob).post(path)
    assert not Ban.objects.exists()
    assert api(cast.charlie).post(f"/servers/{cast.server.pk}/join").status_code == 201
    assert api(cast.charlie).get(f"/channels/{cast.general.pk}/messages").status_code == 200
    assert api(cast.charlie).get(f"/channels/{cast.secret.pk}/messages").status_code == 404


@pytest.mark.parametrize("body", ["", b"", "{}", '{"reason": null}', '{"reason": ""}'])
def test_a_body_is_optional(api, cast, path, body, frames):
    bob = api(cast.bob)
    answer = bob.client.post(f"/api{path}", body, content_type="application/json", headers=bob.headers)
    assert answer.status_code == 204
    assert frames()[0].d["reason"] is None


@pytest.mark.parametrize(
    ("body", "status"),
    [
        ("{", 400),
        ("nonsense", 400),
        ("[]", 422),
        ("null", 422),
        ('{"reason": 5}', 422),
        ('{"reason": "a\\u0000b"}', 400),
        ('{"reason": "' + "x" * 513 + '"}', 400),
    ],
)
def test_a_body_that_cannot_be_read_is_refused_and_nobody_is_kicked(api, cast, path, body, status, told):
    for user in (cast.bob, cast.mallory):
        client = api(user)
        answer = client.client.post(f"/api{path}", body, content_type="application/json", headers=client.headers)
        assert (answer.status_code, "error" in answer.json()) == (status, True)
    assert told() == []
    assert api(cast.bob).post(path, {"reason": "x" * 512}).status_code == 204


def test_oneself_the_owner_and_who_is_not_a_member_cannot_be_kicked(api, cast, path, told):
    def kick(who, whom):
        return api(who).post(f"/servers/{cast.server.pk}/members/{whom}/kick")

    assert kick(cast.bob, cast.bob.pk).status_code == 400
    assert "yourself" in kick(cast.bob, cast.bob.pk).json()["error"]
    assert kick(cast.alice, cast.alice.pk).status_code == 400
    assert kick(cast.bob, cast.alice.pk).status_code == 403
    for unknown in (cast.mallory.pk, uuid.uuid4()):
        assert kick(cast.bob, unknown).status_code == 404
    assert kick(cast.bob, "nonsense").status_code == 400
    assert told() == []
    assert kick(cast.bob, cast.charlie.pk).status_code == 204


def test_others_may_not_and_strangers_are_told_nothing(api, cast, path, told):
    other = f"/servers/{cast.server.pk}/members/{cast.bob.pk}/kick"
    answer = api(cast.charlie).post(other)
    assert answer.status_code == 403
    assert "KICK_MEMBERS" in answer.json()["error"]
    unknown = api(cast.mallory).post(f"/servers/{uuid.uuid4()}/members/{cast.charlie.pk}/kick")
    assert api(cast.mallory).post(path).json() == unknown.json()
    assert api(cast.mallory).post(path).status_code == unknown.status_code == 404
    assert api().post(path).status_code == 401
    assert told() == []
    assert not AuditEntry.objects.exists()


def test_a_permission_of_one_server_counts_in_no_other(api, cast, path):
    elsewhere = api(cast.mallory).post("/servers", {"name": "B"}).json()["id"]
    assert api(cast.mallory).post(f"/servers/{elsewhere}/members/{cast.charlie.pk}/kick").status_code == 404
    assert Member.objects.filter(user=cast.charlie, server=cast.server).exists()


def _low(cast):
    return Role.objects.create(server=cast.server, name="Low", position=0)
