"""POST /invites/{code}/accept: into the server that a code leads to, each use counted exactly."""

import pytest

from accounts.models import User
from guilds.models import Ban, Invite, Member, Server
from together.testing.cast import make_cast
from together.testing.threads import at_once

PATH = "/invites/abcdEFGH/accept"


@pytest.fixture
def invite(cast):
    return Invite.objects.create(server=cast.server, code="abcdEFGH", max_uses=5)


def uses():
    return Invite.objects.get().uses


@pytest.mark.parametrize("kind", [{}, {"is_public": True, "require_invite": True}])
def test_who_has_the_code_is_in_and_it_is_known(api, cast, invite, told, kind):
    Server.objects.update(**kind)
    answer = api(cast.mallory).post(PATH)

    assert answer.status_code == 201
    assert answer.json() == {"message": "Welcome to Gaming Squad.", "server_id": str(cast.server.pk)}
    assert api(cast.mallory).get(f"/servers/{cast.server.pk}").json()["member_count"] == 4
    assert [(event.name, event.audiences) for event in told()] == [
        ("@access_changed", [f"user:{cast.mallory.pk}"]),
        ("MEMBER_JOIN", [f"server:{cast.server.pk}"]),
    ]
    assert uses() == 1


def test_no_body_is_needed_and_none_is_looked_at(api, cast, invite):
    assert api(cast.charlie).post(PATH, "{not json").status_code == 409
    client = api(cast.mallory)
    assert client.client.post(f"/api{PATH}", headers=client.headers).status_code == 201


def test_a_code_that_is_none_is_not_found(api, cast, invite):
    for code in ("unknown1", "ABCDefgh", "%00", "a" * 300, "é"):
        assert api(cast.mallory).post(f"/invites/{code}/accept").status_code == 404
    assert api().post(PATH).status_code == 401
    assert uses() == 0


@pytest.mark.parametrize(
    ("state", "word"),
    [({"expires_at": "2020-01-01T00:00Z"}, "expired"), ({"uses": 5}, "used up")],
)
def test_one_that_is_over_says_so_even_to_the_banned_and_to_members(api, cast, invite, state, word):
    Invite.objects.update(**state)
    Ban.objects.create(server=cast.server, user=cast.mallory)
    for user in (cast.mallory, cast.charlie):
        answer = api(user).post(PATH)
        assert answer.status_code == 400
        assert word in answer.json()["error"]


def test_the_banned_stay_out_until_their_ban_ends(api, cast, invite, told):
    ban = Ban.objects.create(server=cast.server, user=cast.mallory)
    answer = api(cast.mallory).post(PATH)
    assert answer.status_code == 403
    assert "banned" in answer.json()["error"]
    assert (uses(), told()) == (0, [])
    Ban.objects.filter(pk=ban.pk).update(expires_at="2020-01-01T00:00Z")
    assert api(cast.mallory).post(PATH).status_code == 201


def test_a_locked_server_takes_nobody_until_it_is_open_again(api, cast, invite):
    Server.objects.update(joins_locked=True)
    answer = api(cast.mallory).post(PATH)
    assert answer.status_code == 403
    assert "locked" in answer.json()["error"]
    assert uses() == 0
    Server.objects.update(joins_locked=False)
    assert api(cast.mallory).post(PATH).status_code == 201


def test_a_member_spends_nothing(api, cast, invite, told):
    assert api(cast.charlie).post(PATH).status_code == 409
    assert (uses(), told()) == (0, [])


def test_a_deleted_server_is_not_entered(api, cast, invite):
    Server.objects.update(deleted_at="2026-01-01T00:00Z")
    assert api(cast.mallory).post(PATH).status_code == 404


@pytest.mark.django_db(transaction=True)
def test_of_fifty_at_once_exactly_as_many_get_in_as_the_invite_lets_in(api):
    cast = make_cast()
    Invite.objects.create(server=cast.server, code="abcdEFGH", max_uses=7)
    people = User.objects.bulk_create(User(username=f"guest{number}", password="!") for number in range(50))
    clients = [api(user) for user in people]

    statuses = at_once(50, lambda number: clients[number].post(PATH).status_code)

    assert sorted(statuses) == [201] * 7 + [400] * 43
    assert uses() == 7
    assert Member.objects.filter(user__in=people).count() == 7


@pytest.mark.django_db(transaction=True)
def test_one_person_who_accepts_twice_at_once_spends_one_use(api):
    cast = make_cast()
    Invite.objects.create(server=cast.server, code="abcdEFGH", max_uses=5)
    mallory = api(cast.mallory)
    assert sorted(at_once(6, lambda _: mallory.post(PATH).status_code)) == [201] + [409] * 5
    assert uses() == 1
