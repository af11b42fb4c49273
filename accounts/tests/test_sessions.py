"""GET /users/@me/sessions, DELETE /users/@me/sessions/{id}: where one is signed in, by page and by API."""

import uuid
from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from accounts.actions import USE_NOTED, end_session, sign_in, sign_in_page
from accounts.models import Session
from together.refusals import Forbidden


def test_every_sign_in_is_listed_the_latest_first_with_the_current_marked(api, cast):
    page = sign_in_page(user=cast.bob, client="Firefox", lifetime=timedelta(days=30))
    session, _token = sign_in(user=cast.bob, client="Shell")
    sign_in(user=cast.alice)

    answer = api(cast.bob, session=session).get("/users/@me/sessions")

    assert answer.status_code == 200
    assert [(row["id"], row["client"], row["current"]) for row in answer.json()] == [
        (str(session.pk), "Shell", True),
        (str(page.pk), "Firefox", False),
    ]
    assert set(answer.json()[0]) == {"id", "client", "created_at", "last_active", "expires_at", "current"}


def test_ended_and_expired_sign_ins_are_not_listed(api, cast):
    ended, _token = sign_in(user=cast.bob)
    expired, _token = sign_in(user=cast.bob)
    Session.objects.filter(pk=ended.pk).update(revoked_at=timezone.now())
    Session.objects.filter(pk=expired.pk).update(expires_at=timezone.now())
    assert len(api(cast.bob).get("/users/@me/sessions").json()) == 1


def test_the_use_of_a_sign_in_is_noted_now_and_then(api, cast):
    session, _token = sign_in(user=cast.bob)
    bob, now = api(cast.bob, session=session), timezone.now()
    for ago, noted in ((USE_NOTED - timedelta(minutes=1), False), (USE_NOTED + timedelta(minutes=1), True)):
        Session.objects.filter(pk=session.pk).update(last_active=now - ago)
        assert bob.get("/users/@me").status_code == 200
        assert (Session.objects.get(pk=session.pk).last_active >= now) is noted


def test_the_sign_in_that_was_not_used_for_longest_ends_when_there_are_too_many(api, cast):
    sessions = [sign_in(user=cast.bob)[0] for _ in range(10)]
    idle = timezone.now() - timedelta(days=1)
    Session.objects.filter(user=cast.bob).exclude(pk=sessions[0].pk).update(last_active=idle)
    Session.objects.filter(pk=sessions[5].pk).update(last_active=idle - timedelta(days=1))
    sign_in(user=cast.bob)
    assert [session.pk for session in Session.objects.filter(revoked_at__isnull=False)] == [sessions[5].pk]


def test_ending_one_stops_it_and_closes_its_sockets(api, cast, told):
    other, refresh = sign_in(user=cast.bob)
    bob = api(cast.bob)

    answer = bob.delete(f"/users/@me/sessions/{other.pk}")

    assert (answer.status_code, answer.content) == (204, b"")
    assert api(cast.bob, session=other).get("/users/@me").status_code == 401
    assert api().post("/auth/refresh", {"refresh_token": refresh}).status_code == 401
    assert bob.get("/users/@me").status_code == 200
    [ended] = told()
    assert (ended.name, ended.audiences) == ("@sessions_ended", [f"session:{other.pk}"])


def test_a_page_sign_in_can_be_ended_from_here(api, cast):
    page = sign_in_page(user=cast.bob, client="Firefox", lifetime=timedelta(days=30))
    assert api(cast.bob).delete(f"/users/@me/sessions/{page.pk}").status_code == 204
    assert not Session.objects.live().filter(pk=page.pk).exists()


def test_those_of_others_and_those_that_never_were_are_404_alike(api, cast, told):
    foreign, _token = sign_in(user=cast.alice)
    answers = [api(cast.bob).delete(f"/users/@me/sessions/{id}") for id in (foreign.pk, uuid.uuid4())]
    assert [answer.status_code for answer in answers] == [404, 404]
    assert answers[0].json() == answers[1].json()
    assert Session.objects.live().filter(pk=foreign.pk).exists()
    assert told() == []


def test_an_ended_one_cannot_be_ended_again(api, cast):
    other, _token = sign_in(user=cast.bob)
    bob = api(cast.bob)
    statuses = [bob.delete(f"/users/@me/sessions/{other.pk}").status_code for _ in range(2)]
    assert statuses == [204, 404]


def test_something_that_is_no_id_is_400(api, cast):
    assert api(cast.bob).delete("/users/@me/sessions/current").status_code == 400


def test_they_are_shown_to_nobody_else(api, cast):
    session, _token = sign_in(user=cast.bob)
    assert api().get("/users/@me/sessions").status_code == 401
    assert api().delete(f"/users/@me/sessions/{session.pk}").status_code == 401
    assert str(session.pk) not in api(cast.alice).get("/users/@me/sessions").content.decode()


@pytest.mark.parametrize("count", [0, 9])
def test_listing_costs_the_same_whatever_the_number(api, cast, count):
    for _ in range(count):
        sign_in(user=cast.bob)
    bob = api(cast.bob)
    with CaptureQueriesContext(connection) as queries:
        assert len(bob.get("/users/@me/sessions").json()) == count + 1
    assert len(queries) == 2


def test_an_administrator_of_the_instance_may_end_anybody_s(api, cast, told):
    session, _token = sign_in(user=cast.charlie)
    with pytest.raises(Forbidden):
        end_session(actor=cast.bob, session=session)
    assert told() == []
    end_session(actor=cast.alice, session=session)
    assert api(cast.charlie, session=session).get("/users/@me").status_code == 401
    assert [event.audiences for event in told()] == [[f"session:{session.pk}"]]
