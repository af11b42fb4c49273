"""POST and DELETE /servers/{id}/members/{user_id}/timeout. What it forbids in channels: chat's test_timed_out."""

import uuid
from datetime import timedelta

import pytest
from django.utils import timezone

from guilds import access
from guilds.models import Ban, Channel, ChannelType, Member, MemberRole, Role, Server, Timeout
from guilds.permissions import Permission
from guilds.purge import purge_expired
from together.audit.entry import AuditEntry

HOUR = {"duration_minutes": 60}


@pytest.fixture
def path(cast):
    Role.objects.filter(pk=cast.moderator.pk).update(permissions=Permission.MUTE_MEMBERS)
    return f"/servers/{cast.server.pk}/members/{cast.charlie.pk}/timeout"


def pass_by():
    Timeout.objects.update(expires_at=timezone.now() - timedelta(minutes=1))


@pytest.mark.parametrize("who", ["alice", "bob"])
def test_who_may_times_a_member_out_and_the_server_hears_of_it(api, cast, path, told, frames, who):
    answer = api(getattr(cast, who)).post(path, {**HOUR, "reason": "Shouting"})

    assert answer.status_code == 200
    timeout = answer.json()
    assert timeout == {
        "user_id": str(cast.charlie.pk),
        "server_id": str(cast.server.pk),
        "expires_at": timeout["expires_at"],
        "reason": "Shouting",
        "created_by": str(getattr(cast, who).pk),
        "created_at": timeout["created_at"],
    }
    assert timedelta(minutes=50) < Timeout.objects.get().expires_at - timezone.now() < timedelta(minutes=70)
    assert [(event.name, event.audiences) for event in told()] == [("MEMBER_TIMEOUT", [f"server:{cast.server.pk}"])]
    assert frames()[0].d == {
        "server_id": str(cast.server.pk),
        "user_id": str(cast.charlie.pk),
        "expires_at": timeout["expires_at"],
        "reason": "Shouting",
    }


def test_it_shows_in_the_list_of_members_while_it_lasts(api, cast, path):
    def shown():
        members = api(cast.bob).get(f"/servers/{cast.server.pk}/members").json()
        return {member["username"]: member["timeout_expires_at"] for member in members}

    ends = api(cast.bob).post(path, HOUR).json()["expires_at"]
    assert shown() == {"alice": None, "bob": None, "charlie": ends}
    elsewhere = Server.objects.create(name="B", owner=cast.alice)
    Timeout.objects.create(server=elsewhere, user=cast.bob, expires_at=timezone.now() + timedelta(hours=1))
    assert shown()["bob"] is None
    pass_by()
    assert shown() == {"alice": None, "bob": None, "charlie": None}


def test_it_is_written_down(api, cast, path):
    api(cast.bob).post(path, {**HOUR, "reason": "Shouting"})
    api(cast.bob).delete(path)
    imposed, ended = AuditEntry.objects.order_by("created_at")
    assert (imposed.action, imposed.actor, imposed.target_id) == ("member_timeout", cast.bob, cast.charlie.pk)
    assert imposed.details == {"duration_minutes": 60, "reason": "Shouting"}
    assert imposed.reason == "Shouting"
    assert (ended.action, ended.target_id, ended.details) == ("member_timeout_remove", cast.charlie.pk, {})


def test_a_second_timeout_takes_the_place_of_the_first_but_not_its_age(api, cast, path):
    first = api(cast.bob).post(path, {"duration_minutes": 600, "reason": "First"}).json()
    second = api(cast.alice).post(path, HOUR).json()
    assert second["created_at"] == first["created_at"]
    assert second["expires_at"] < first["expires_at"]
    assert (second["reason"], second["created_by"]) == (None, str(cast.alice.pk))
    assert Timeout.objects.count() == 1


def test_it_outlasts_leaving_and_coming_back(api, cast, path):
    Server.objects.update(is_public=True)
    api(cast.bob).post(path, HOUR)
    api(cast.charlie).delete(f"/servers/{cast.server.pk}/leave")
    assert api(cast.charlie).post(f"/servers/{cast.server.pk}/join").status_code == 201
    answer = api(cast.charlie).post(f"/channels/{cast.general.pk}/messages", {"content": "a"})
    assert answer.status_code == 403


def test_ending_it_is_known_and_gives_everything_back(api, cast, path, told):
    api(cast.bob).post(path, HOUR)
    told()
    answer = api(cast.bob).delete(path)
    assert (answer.status_code, answer.content) == (204, b"")
    assert [(event.name, event.audiences) for event in told()] == [
        ("MEMBER_TIMEOUT_REMOVE", [f"server:{cast.server.pk}"])
    ]
    assert api(cast.charlie).post(f"/channels/{cast.general.pk}/messages", {"content": "a"}).status_code == 201


def test_ending_what_is_not_there_does_nothing(api, cast, path, told):
    assert api(cast.bob).delete(path).status_code == 204
    api(cast.bob).post(path, HOUR)
    pass_by()
    told()
    assert api(cast.bob).delete(path).status_code == 204
    assert told() == []
    assert [entry.action for entry in AuditEntry.objects.all()] == ["member_timeout"]


def test_who_is_timed_out_can_moderate_nothing_until_it_has_passed(api, cast, path):
    everything = Permission.KICK_MEMBERS | Permission.BAN_MEMBERS | Permission.MUTE_MEMBERS
    Role.objects.filter(pk=cast.moderator.pk).update(permissions=everything)
    api(cast.alice).post(f"/servers/{cast.server.pk}/members/{cast.bob.pk}/timeout", HOUR)
    bob, charlie = api(cast.bob), f"/servers/{cast.server.pk}/members/{cast.charlie.pk}"
    acts = [
        lambda: bob.post(f"{charlie}/timeout", HOUR),
        lambda: bob.delete(f"{charlie}/timeout"),
        lambda: bob.patch(charlie, {"nickname": "Squirrel"}),
        lambda: bob.get(f"/servers/{cast.server.pk}/bans"),
        lambda: bob.delete(f"/servers/{cast.server.pk}/bans/{cast.mallory.pk}"),
        lambda: bob.post(f"{charlie}/kick"),
    ]
    assert [act().status_code for act in acts] == [403] * 6
    assert bob.post(f"/servers/{cast.server.pk}/members/{cast.mallory.pk}/ban").status_code == 403
    assert bob.delete(f"/servers/{cast.server.pk}/members/{cast.bob.pk}/timeout").status_code == 400

    pass_by()
    assert [act().status_code for act in acts] == [200, 204, 200, 200, 204, 204]
    assert bob.post(f"/servers/{cast.server.pk}/members/{cast.mallory.pk}/ban").status_code == 204


def test_owners_and_administrators_cannot_be_timed_out(api, cast, path):
    def time_out(who):
        return api(cast.alice).post(f"/servers/{cast.server.pk}/members/{who.pk}/timeout", HOUR)

    low = Role.objects.create(server=cast.server, name="Low", position=0, permissions=Permission.ADMINISTRATOR)
    held = MemberRole.objects.create(member=Member.objects.get(user=cast.charlie), role=low)
    assert time_out(cast.charlie).status_code == 403
    assert api(cast.bob).post(path, HOUR).status_code == 403
    assert api(cast.bob).post(f"/servers/{cast.server.pk}/members/{cast.alice.pk}/timeout", HOUR).status_code == 403
    assert not Timeout.objects.exists()
    held.delete()
    assert time_out(cast.charlie).status_code == 200


def test_what_they_see_stays_as_it_was(api, cast, path):
    Role.objects.filter(pk=cast.moderator.pk).update(permissions=Permission.MANAGE_CHANNELS)
    Channel.objects.create(server=cast.server, name="Empty", type=ChannelType.CATEGORY)
    before = set(access.visible_channels(cast.bob))
    assert len(before) == 4
    api(cast.alice).post(f"/servers/{cast.server.pk}/members/{cast.bob.pk}/timeout", HOUR)
    assert set(access.visible_channels(cast.bob)) == before


@pytest.mark.parametrize(
    ("body", "status"),
    [
        ({}, 422),
        ("{", 400),
        ({"duration_minutes": None}, 422),
        ({"duration_minutes": 0}, 400),
        ({"duration_minutes": -5}, 400),
        ({"duration_minutes": 40_321}, 400),
        ({"duration_minutes": 2**70}, 422),
        ({"duration_minutes": 1.5}, 422),
        ({"duration_minutes": "5"}, 422),
        ({"duration_minutes": 5, "reason": "x" * 513}, 400),
        ({"duration_minutes": 5, "for": "ever"}, 422),
    ],
)
def test_bad_bodies_are_refused_before_anything_is_looked_up(api, cast, path, body, status, told):
    for user in (cast.bob, cast.charlie, cast.mallory):
        assert api(user).post(path, body).status_code == status
    assert told() == []


@pytest.mark.parametrize("minutes", [1, 40_320])
def test_from_a_minute_to_four_weeks(api, cast, path, minutes):
    assert api(cast.bob).post(path, {"duration_minutes": minutes, "reason": "x" * 512}).status_code == 200


def test_others_may_not_and_strangers_are_told_nothing(api, cast, path, told):
    other = f"/servers/{cast.server.pk}/members/{cast.bob.pk}/timeout"
    for answer in (api(cast.charlie).post(other, HOUR), api(cast.charlie).delete(other)):
        assert answer.status_code == 403
        assert "MUTE_MEMBERS" in answer.json()["error"]
    for answer in (api(cast.mallory).post(path, HOUR), api(cast.mallory).delete(path)):
        assert answer.status_code == 404
    for nobody in (cast.mallory.pk, uuid.uuid4()):
        unknown = f"/servers/{cast.server.pk}/members/{nobody}/timeout"
        assert api(cast.bob).post(unknown, HOUR).status_code == api(cast.bob).delete(unknown).status_code == 404
    assert api().post(path, HOUR).status_code == api().delete(path).status_code == 401
    oneself = api(cast.bob).post(other, HOUR)
    assert (oneself.status_code, "yourself" in oneself.json()["error"]) == (400, True)
    assert told() == []


def test_what_has_passed_is_removed_and_what_lasts_stays(api, cast, path):
    api(cast.bob).post(path, HOUR)
    assert purge_expired() == 0
    pass_by()
    Ban.objects.create(server=cast.server, user=cast.mallory)
    assert purge_expired() == 1
    assert (Timeout.objects.count(), Ban.objects.count()) == (0, 1)
