"""Bans: POST /servers/{id}/members/{user_id}/ban, GET /servers/{id}/bans, DELETE /servers/{id}/bans/{user_id}."""

import uuid
from datetime import timedelta

import pytest
from django.utils import timezone

from chat.actions import send_message
from chat.models import Message
from guilds.models import Ban, Channel, Member, Role, Server
from guilds.permissions import Permission
from guilds.purge import purge_expired
from together.audit.entry import AuditEntry


@pytest.fixture
def bans(cast):
    Server.objects.update(is_public=True)
    Role.objects.filter(pk=cast.moderator.pk).update(permissions=Permission.BAN_MEMBERS)
    return f"/servers/{cast.server.pk}/bans"


@pytest.fixture
def path(cast, bans):
    return f"/servers/{cast.server.pk}/members/{cast.charlie.pk}/ban"


def run_out(*rows):
    Ban.objects.filter(pk__in=[row.pk for row in rows]).update(expires_at=timezone.now() - timedelta(minutes=1))


@pytest.mark.parametrize("who", ["alice", "bob"])
def test_who_may_keeps_a_member_out_and_both_sides_hear_of_it(api, cast, path, bans, told, frames, who):
    answer = api(getattr(cast, who)).post(path, {"reason": "Spam"})

    assert (answer.status_code, answer.content) == (204, b"")
    assert api(cast.charlie).get(f"/servers/{cast.server.pk}").status_code == 404
    assert [(event.name, event.audiences) for event in told()] == [
        ("MEMBER_BAN", [f"server:{cast.server.pk}", f"user:{cast.charlie.pk}"]),
        ("@access_changed", [f"user:{cast.charlie.pk}"]),
    ]
    assert frames()[0].d == {"server_id": str(cast.server.pk), "user_id": str(cast.charlie.pk), "reason": "Spam"}
    [ban] = api(cast.bob).get(bans).json()
    assert ban == {
        "user_id": str(cast.charlie.pk),
        "username": "charlie",
        "server_id": str(cast.server.pk),
        "banned_by": str(getattr(cast, who).pk),
        "reason": "Spam",
        "expires_at": None,
        "created_at": ban["created_at"],
    }


def test_who_is_banned_cannot_come_back_until_the_ban_is_lifted(api, cast, path, bans):
    join = f"/servers/{cast.server.pk}/join"
    api(cast.bob).post(path)
    answer = api(cast.charlie).post(join)
    assert answer.status_code == 403
    assert "banned" in answer.json()["error"]
    assert api(cast.mallory).post(join).status_code == 201
    assert api(cast.bob).delete(f"{bans}/{cast.charlie.pk}").status_code == 204
    assert api(cast.charlie).post(join).status_code == 201


def test_a_stranger_can_be_banned_and_is_not_told(api, cast, bans, told):
    answer = api(cast.bob).post(f"/servers/{cast.server.pk}/members/{cast.mallory.pk}/ban")
    assert answer.status_code == 204
    assert [(event.name, event.audiences) for event in told()] == [("MEMBER_BAN", [f"server:{cast.server.pk}"])]
    assert api(cast.mallory).post(f"/servers/{cast.server.pk}/join").status_code == 403


def test_who_does_not_exist_is_not_found_before_anything_happens(api, cast, bans, told):
    assert api(cast.bob).post(f"/servers/{cast.server.pk}/members/{uuid.uuid4()}/ban").status_code == 404
    assert told() == []
    assert not AuditEntry.objects.exists()


def test_a_second_ban_takes_the_place_of_the_first_but_not_its_age(api, cast, path):
    api(cast.bob).post(path, {"reason": "First", "expires_in_hours": 1})
    first = Ban.objects.get()
    assert api(cast.alice).post(path, {"reason": "Second"}).status_code == 204
    second = Ban.objects.get()
    assert (second.pk, second.created_at) == (first.pk, first.created_at)
    assert (second.banned_by, second.reason, second.expires_at) == (cast.alice, "Second", None)


def test_a_ban_after_one_that_ran_out_is_new(api, cast, path):
    api(cast.bob).post(path, {"expires_in_hours": 1})
    first = Ban.objects.get()
    run_out(first)
    api(cast.bob).post(path)
    assert Ban.objects.get().created_at > first.created_at


def test_a_ban_may_end_by_itself(api, cast, path, bans):
    api(cast.bob).post(path, {"expires_in_hours": 2})
    [ban] = api(cast.bob).get(bans).json()
    assert ban["expires_at"] is not None
    lasts = Ban.objects.get().expires_at - timezone.now()
    assert timedelta(hours=1) < lasts < timedelta(hours=3)
    assert api(cast.charlie).post(f"/servers/{cast.server.pk}/join").status_code == 403

    run_out(Ban.objects.get())
    assert api(cast.bob).get(bans).json() == []
    assert api(cast.charlie).post(f"/servers/{cast.server.pk}/join").status_code == 201


def test_what_ran_out_is_removed_and_what_is_in_force_stays(cast, bans):
    over = Ban.objects.create(server=cast.server, user=cast.charlie)
    run_out(over)
    kept = [
        Ban.objects.create(server=cast.server, user=cast.mallory),
        Ban.objects.create(server=cast.server, user=cast.bob, expires_at=timezone.now() + timedelta(hours=1)),
    ]
    assert purge_expired() == 1
    assert set(Ban.objects.all()) == set(kept)
    assert purge_expired() == 0


def test_bans_are_listed_the_newest_first_to_those_who_may_ban(api, cast, path, bans):
    api(cast.bob).post(path)
    api(cast.bob).post(f"/servers/{cast.server.pk}/members/{cast.mallory.pk}/ban")
    elsewhere = Server.objects.create(name="B", owner=cast.alice)
    Ban.objects.create(server=elsewhere, user=cast.bob)
    assert [ban["username"] for ban in api(cast.bob).get(bans).json()] == ["mallory", "charlie"]


def test_others_see_no_bans_and_lift_none(api, cast, bans, told):
    Ban.objects.create(server=cast.server, user=cast.mallory)
    ban = f"{bans}/{cast.mallory.pk}"
    for answer in (api(cast.charlie).get(bans), api(cast.charlie).delete(ban)):
        assert answer.status_code == 403
        assert "BAN_MEMBERS" in answer.json()["error"]
    for user, status in ((cast.mallory, 404), (None, 401)):
        assert api(user).get(bans).status_code == api(user).delete(ban).status_code == status
    assert api(cast.mallory).get(bans).json() == api(cast.mallory).get(f"/servers/{uuid.uuid4()}/bans").json()
    assert told() == []
    assert Ban.objects.exists()


def test_lifting_a_ban_is_known_and_written_down(api, cast, path, bans, told):
    api(cast.bob).post(path)
    told()
    api(cast.bob).delete(f"{bans}/{cast.charlie.pk}")
    assert [(event.name, event.audiences) for event in told()] == [("MEMBER_UNBAN", [f"server:{cast.server.pk}"])]
    entry = AuditEntry.objects.latest("created_at")
    assert (entry.action, entry.target_id, entry.details) == ("member_unban", cast.charlie.pk, {})


def test_lifting_what_is_not_there_does_nothing(api, cast, path, bans, told):
    api(cast.bob).post(path, {"expires_in_hours": 1})
    run_out(Ban.objects.get())
    told()
    for nobody in (cast.charlie.pk, cast.mallory.pk, uuid.uuid4()):
        assert api(cast.bob).delete(f"{bans}/{nobody}").status_code == 204
    assert told() == []
    assert AuditEntry.objects.count() == 1


def test_it_is_written_down(api, cast, path):
    api(cast.bob).post(path, {"reason": "Spam", "expires_in_hours": 5})
    entry = AuditEntry.objects.get()
    assert (entry.action, entry.actor, entry.target_id) == ("member_ban", cast.bob, cast.charlie.pk)
    assert entry.details == {"reason": "Spam", "expires_in_hours": 5, "delete_messages_hours": None}
    assert entry.reason == "Spam"


def test_what_they_wrote_lately_goes_with_them_if_wanted(api, cast, path, told):
    def wrote(author, channel, hours):
        message = Message.objects.create(channel=channel, author=author, content="a")
        Message.objects.filter(pk=message.pk).update(created_at=timezone.now() - timedelta(hours=hours))
        return message

    elsewhere = Channel.objects.create(server=Server.objects.create(name="B", owner=cast.alice), name="b")
    gone = [wrote(cast.charlie, cast.general, 1), wrote(cast.charlie, cast.secret, 2)]
    thread = Message.objects.create(channel=cast.general, author=cast.charlie, content="a", thread=gone[0])
    wrote(cast.charlie, cast.general, 4)
    wrote(cast.charlie, elsewhere, 1)
    wrote(cast.bob, cast.general, 1)
    Message.objects.create(channel=cast.general, author=cast.charlie, content="a", deleted=True)
    told()

    api(cast.bob).post(path, {"delete_messages_hours": 3})

    deleted = [event for event in told() if event.name == "MESSAGE_DELETE"]
    assert {(event.refs["id"], event.audiences[0]) for event in deleted} == {
        (str(message.pk), f"channel:{message.channel_id}") for message in [*gone, thread]
    }
    assert len(deleted) == 3
    assert Message.objects.filter(deleted=False).count() == 3


def test_otherwise_it_stays(api, cast, path):
    send_message(actor=cast.charlie, channel_id=cast.general.pk, content="a")
    api(cast.bob).post(path)
    assert len(api(cast.alice).get(f"/channels/{cast.general.pk}/messages").json()) == 1


@pytest.mark.parametrize(
    ("body", "status"),
    [
        ("{", 400),
        ([], 422),
        ({"reason": 5}, 422),
        ({"reason": "x" * 513}, 400),
        ({"expires_in_hours": 0}, 400),
        ({"expires_in_hours": 8761}, 400),
        ({"expires_in_hours": 1.5}, 422),
        ({"expires_in_hours": True}, 422),
        ({"delete_messages_hours": 0}, 400),
        ({"delete_messages_hours": 169}, 400),
        ({"delete_messages_hours": "1"}, 422),
    ],
)
def test_bad_bodies_are_refused_before_anything_is_looked_up(api, cast, path, body, status, told):
    for user in (cast.bob, cast.mallory):
        assert api(user).post(path, body).status_code == status
    assert told() == []


def test_the_longest_of_everything_is_taken(api, cast, path):
    body = {"reason": "x" * 512, "expires_in_hours": 8760, "delete_messages_hours": 168}
    assert api(cast.bob).post(path, body).status_code == 204


def test_no_body_is_needed(api, cast, path):
    bob = api(cast.bob)
    for body in ("", "{}"):
        answer = bob.client.post(f"/api{path}", body, content_type="application/json", headers=bob.headers)
        assert answer.status_code == 204


def test_oneself_and_the_owner_cannot_be_banned_and_others_may_not(api, cast, path, told):
    def ban(who, whom):
        return api(who).post(f"/servers/{cast.server.pk}/members/{whom.pk}/ban")

    assert ban(cast.bob, cast.bob).status_code == 400
    assert "yourself" in ban(cast.bob, cast.bob).json()["error"]
    assert ban(cast.bob, cast.alice).status_code == 403
    assert ban(cast.charlie, cast.mallory).status_code == 403
    assert "BAN_MEMBERS" in ban(cast.charlie, cast.mallory).json()["error"]
    assert ban(cast.mallory, cast.charlie).status_code == 404
    assert api().post(path).status_code == 401
    assert told() == []
    assert not Ban.objects.exists()
    assert Member.objects.filter(server=cast.server).count() == 3


def test_a_second_ban_says_what_the_first_one_was(api, cast, path):
    api(cast.bob).post(path, {"reason": "Spam", "expires_in_hours": 1})
    api(cast.bob).post(path, {"reason": "Worse"})
    first, second = AuditEntry.objects.filter(action="member_ban").order_by("created_at")
    assert (first.before, first.after) == ({"member": True}, {"member": False})
    assert (second.before["reason"], second.after) == ("Spam", {"reason": "Worse", "expires_at": None})
    assert second.before["expires_at"] > timezone.now().isoformat()


def test_a_ban_that_had_run_out_is_none_that_another_replaced(api, cast, path):
    api(cast.bob).post(path)
    run_out(Ban.objects.get())
    api(cast.bob).post(path)
    assert AuditEntry.objects.filter(action="member_ban").latest("created_at").before == {}
