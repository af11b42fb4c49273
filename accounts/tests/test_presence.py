"""Who is there, as others see it: sockets of any process, and what the person chose."""

import uuid
from datetime import timedelta

import pytest
from django.db import transaction
from django.db.models.functions import Now

from accounts import actions
from accounts.actions.presence import purge_presences
from accounts.models import Presence, User
from accounts.presence import with_presence
from together.testing.cast import make_cast
from together.testing.threads import at_once

HERE, THERE = uuid.uuid4(), uuid.uuid4()


def shown(user):
    """What anybody may see of somebody."""
    presence = with_presence(User.objects.filter(pk=user.pk)).get().presence
    return presence.status, presence.custom_status, presence.activity


def choose(user, **choice):
    return actions.update_profile(actor=user, **choice)


def come(*users, process=HERE):
    actions.appear(process=process, user_ids=[user.pk for user in users])


def go(*users, process=HERE):
    actions.disappear(process=process, user_ids=[user.pk for user in users])


def presences(told):
    return [event for event in told() if event.name == "PRESENCE_UPDATE"]


def test_who_comes_is_shown_as_they_chose_and_who_goes_as_offline(cast, told):
    choose(cast.bob, status="dnd", custom_status="busy", activity="chess")
    assert shown(cast.bob) == ("offline", None, None)
    assert presences(told) == []
    come(cast.bob)
    assert shown(cast.bob) == ("dnd", "busy", "chess")
    [event] = presences(told)
    assert set(event.audiences) == {f"user:{cast.bob.pk}", f"server:{cast.server.pk}"}
    go(cast.bob)
    assert shown(cast.bob) == ("offline", None, None)
    assert len(presences(told)) == 1
    # Coming and going leave the choice alone.
    assert User.objects.get(pk=cast.bob.pk).custom_status == "busy"


@pytest.mark.django_db(transaction=True)
def test_what_is_told_is_how_it_is_when_it_is_told(frames):
    cast = make_cast()
    come(cast.bob)
    choose(cast.bob, status="away", custom_status="lunch")
    heard = [frame.d for frame in frames() if frame.name == "PRESENCE_UPDATE"]
    now = {"user_id": str(cast.bob.pk), "status": "away", "custom_status": "lunch", "activity": None}
    assert heard == [now, now]


def test_who_is_in_two_processes_goes_when_they_leave_the_second(cast, told):
    come(cast.bob, process=HERE)
    assert len(presences(told)) == 1
    come(cast.bob, process=THERE)
    go(cast.bob, process=HERE)
    assert presences(told) == []
    assert shown(cast.bob)[0] == "online"
    go(cast.bob, process=THERE)
    assert len(presences(told)) == 1
    assert shown(cast.bob)[0] == "offline"


def test_coming_twice_is_coming_once(cast, told):
    come(cast.bob)
    come(cast.bob, cast.charlie)
    assert [event.refs["user"] for event in presences(told)] == [str(cast.bob.pk), str(cast.charlie.pk)]
    assert Presence.objects.count() == 2


def test_nobody_notices_whether_somebody_invisible_comes_changes_or_goes(cast, told):
    choose(cast.bob, status="offline", custom_status="hidden")
    told()
    come(cast.bob)
    choose(cast.bob, custom_status="still hidden", activity="spying")
    assert shown(cast.bob) == ("offline", None, None)
    go(cast.bob)
    # Their own devices know what they chose.
    assert [(event.name, event.audiences) for event in told()] == [("USER_UPDATE", [f"user:{cast.bob.pk}"])]


def test_becoming_invisible_looks_like_leaving_and_becoming_visible_like_coming(cast, told):
    choose(cast.bob, custom_status="here")
    come(cast.bob)
    told()
    choose(cast.bob, status="offline")
    assert shown(cast.bob) == ("offline", None, None)
    assert len(presences(told)) == 1
    choose(cast.bob, status="online")
    assert shown(cast.bob) == ("online", "here", None)
    assert len(presences(told)) == 1


def test_what_changes_nothing_that_others_see_is_not_told(cast, told):
    come(cast.bob)
    told()
    choose(cast.bob, status="online", custom_status=None)
    choose(cast.bob, bio="new")
    assert [event.name for event in told()] == ["USER_UPDATE"]


def test_who_was_in_a_process_that_died_is_gone_once_their_time_is_up(cast, told):
    choose(cast.charlie, status="offline")
    come(cast.alice, cast.bob, cast.charlie)
    come(cast.alice, process=THERE)
    told()
    assert purge_presences() == 0
    Presence.objects.filter(process=HERE).update(expires_at=Now() - timedelta(seconds=1))
    assert shown(cast.bob)[0] == "offline"
    assert purge_presences() == 3
    # alice has another process, and of charlie nobody knew.
    assert [event.refs["user"] for event in presences(told)] == [str(cast.bob.pk)]
    assert shown(cast.alice)[0] == "online"


def test_a_process_that_prolongs_learns_whom_it_still_has(cast):
    come(cast.alice, cast.bob)
    Presence.objects.update(expires_at=Now() + timedelta(seconds=1))
    Presence.objects.filter(user=cast.bob).delete()
    come(cast.bob, process=THERE)
    assert actions.prolong(process=HERE) == {cast.alice.pk}
    soon = Now() + timedelta(seconds=30)
    assert Presence.objects.filter(process=HERE, expires_at__gt=soon).count() == 1


def test_who_is_deleted_meanwhile_is_nowhere(cast, told):
    go(cast.mallory)
    User.objects.filter(pk=cast.mallory.pk).delete()
    come(cast.mallory)
    assert not Presence.objects.exists()
    assert told() == []


@pytest.mark.django_db(transaction=True)
def test_leaving_one_process_while_entering_another_leaves_nobody_offline(frames):
    cast = make_cast()
    for _ in range(5):
        come(cast.bob, process=HERE)
        frames()
        at_once(2, lambda number: come(cast.bob, process=THERE) if number else go(cast.bob, process=HERE))
        heard = [frame.d["status"] for frame in frames() if frame.name == "PRESENCE_UPDATE"]
        assert heard in ([], ["online"] * 2, ["online"])
        assert shown(cast.bob)[0] == "online"
        go(cast.bob, process=THERE)


def test_every_list_of_people_shows_what_everybody_sees(api, cast):
    choose(cast.bob, status="away", custom_status="tea")
    choose(cast.charlie, status="offline")
    come(cast.bob, cast.charlie)
    alice = api(cast.alice)
    members = alice.get(f"/servers/{cast.server.pk}/members").json()
    assert {one["username"]: one["status"] for one in members} == {
        "alice": "offline", "bob": "away", "charlie": "offline",
    }  # fmt: skip
    one = alice.get(f"/servers/{cast.server.pk}/members/{cast.bob.pk}").json()
    profile = alice.get(f"/users/{cast.bob.pk}").json()
    assert one["custom_status"] == profile["custom_status"] == "tea"
    assert profile["status"] == "away"
    listed = alice.get("/admin/users").json()["users"]
    assert {one["username"]: one["status"] for one in listed}["alice"] == "offline"
    # What one chose oneself is one's own to see.
    assert alice.get("/users/@me").json()["status"] == "online"


def test_a_rollback_tells_nothing(cast, told):
    with transaction.atomic():
        come(cast.bob)
        transaction.set_rollback(True)
    assert told() == []
