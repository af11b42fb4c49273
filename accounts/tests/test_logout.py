"""POST /auth/logout: this sign-in ends at once, and no other."""

from accounts.actions import sign_in
from accounts.models import Session


def test_logging_out_stops_both_tokens_at_once(api, cast, told):
    session, refresh = sign_in(user=cast.bob)
    bob = api(cast.bob, session=session)
    assert bob.get("/users/@me").status_code == 200

    answer = bob.post("/auth/logout")

    assert (answer.status_code, answer.content) == (204, b"")
    assert bob.get("/users/@me").status_code == 401
    assert api().post("/auth/refresh", {"refresh_token": refresh}).status_code == 401


def test_the_sockets_of_exactly_this_sign_in_are_closed(api, cast, told, frames):
    session, _token = sign_in(user=cast.bob)
    sign_in(user=cast.bob)

    api(cast.bob, session=session).post("/auth/logout")

    [ended] = told()
    assert (ended.name, ended.audiences) == ("@sessions_ended", [f"session:{session.pk}"])
    [frame] = frames()
    assert frame.d == {"sessions": [str(session.pk)]}


def test_other_sign_ins_stay(api, cast):
    here, _token = sign_in(user=cast.bob)
    there, _token = sign_in(user=cast.bob)
    api(cast.bob, session=here).post("/auth/logout")
    assert api(cast.bob, session=there).get("/users/@me").status_code == 200


def test_nobody_can_log_out_without_being_signed_in(api, db):
    assert api().post("/auth/logout").status_code == 401


def test_logging_out_twice_is_refused_and_ends_nothing_more(api, cast, told):
    session, _token = sign_in(user=cast.bob)
    bob = api(cast.bob, session=session)
    bob.post("/auth/logout")
    told()
    assert bob.post("/auth/logout").status_code == 401
    assert told() == []
    assert Session.objects.get(pk=session.pk).revoked_at is not None
