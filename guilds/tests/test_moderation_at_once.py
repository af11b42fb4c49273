"""Joins, leaves, kicks and bans at the same moment: each answers 2xx or 4xx, and what remains makes sense."""

import pytest

from accounts.actions import register
from chat.actions import send_message
from chat.models import Message
from guilds.actions import ban_user
from guilds.models import Ban, Member, Server
from together.refusals import Refusal
from together.testing.cast import PASSWORD, make_cast
from together.testing.threads import at_once

pytestmark = pytest.mark.django_db(transaction=True)


def test_fifty_join_at_once(api, told):
    cast = make_cast()
    Server.objects.update(is_public=True)
    crowd = [api(register(username=f"u{number}", password=PASSWORD)) for number in range(50)]
    told()
    statuses = at_once(50, lambda number: crowd[number].post(f"/servers/{cast.server.pk}/join").status_code)
    assert statuses == [201] * 50
    assert Member.objects.filter(server=cast.server).count() == 53
    assert sorted(event.name for event in told()) == ["@access_changed"] * 50 + ["MEMBER_JOIN"] * 50


def test_kicks_bans_and_leaves_of_one_member_end_one_membership(api, told):
    cast = make_cast()
    alice, charlie = api(cast.alice), api(cast.charlie)
    here = f"/servers/{cast.server.pk}"
    acts = [
        lambda: charlie.delete(f"{here}/leave"),
        lambda: alice.post(f"{here}/members/{cast.charlie.pk}/kick"),
        lambda: alice.post(f"{here}/members/{cast.charlie.pk}/ban"),
    ]
    statuses = at_once(9, lambda number: acts[number % 3]().status_code)
    assert set(statuses) <= {204, 404}
    assert [statuses[number] for number in (2, 5, 8)] == [204] * 3
    assert not Member.objects.filter(user=cast.charlie).exists()
    assert [event.name for event in told()].count("@access_changed") == 1
    assert Ban.objects.count() == 1


def test_who_is_banned_while_they_join_is_not_in(api):
    cast = make_cast()
    Server.objects.update(is_public=True)
    alice, mallory = api(cast.alice), api(cast.mallory)
    here = f"/servers/{cast.server.pk}"

    def act(number):
        if number == 2:
            return alice.post(f"{here}/members/{cast.mallory.pk}/ban").status_code
        return mallory.post(f"{here}/join").status_code

    statuses = at_once(6, act)
    assert statuses.pop(2) == 204
    assert set(statuses) <= {201, 403, 409}
    assert not Member.objects.filter(user=cast.mallory).exists()
    assert Ban.objects.count() == 1


def test_nothing_that_somebody_writes_while_they_are_banned_stays():
    cast = make_cast()
    for _ in range(3):
        send_message(actor=cast.charlie, channel_id=cast.general.pk, content="a")

    def act(number):
        if number == 4:
            ban_user(actor=cast.alice, server=cast.server, user=cast.charlie, delete_messages_hours=1)
            return
        for word in range(5):
            try:
                send_message(actor=cast.charlie, channel_id=cast.general.pk, content=str(word))
            except Refusal:
                return

    at_once(8, act)
    assert not Message.objects.filter(author=cast.charlie, deleted=False).exists()
    assert not Member.objects.filter(user=cast.charlie).exists()


def test_simultaneous_bans_of_one_person_leave_one(api):
    cast = make_cast()
    alice = api(cast.alice)
    path = f"/servers/{cast.server.pk}/members/{cast.mallory.pk}/ban"
    assert at_once(6, lambda number: alice.post(path, {"reason": str(number)}).status_code) == [204] * 6
    assert Ban.objects.count() == 1


def test_simultaneous_timeouts_of_one_member_leave_one(api):
    cast = make_cast()
    alice = api(cast.alice)
    path = f"/servers/{cast.server.pk}/members/{cast.charlie.pk}/timeout"
    statuses = at_once(6, lambda number: alice.post(path, {"duration_minutes": number + 1}).status_code)
    assert statuses == [200] * 6
    assert cast.server.timeouts.count() == 1
