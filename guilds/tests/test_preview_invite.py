"""GET /invites/{code}: what a code invites to, for anyone who has it; guessing is slowed."""

import pytest

from guilds.models import Invite, Member, Server
from together.testing.cast import make_cast

NOBODY_S = ["unknown1", "ABCDefgh", "abcdEFG", "%00", "é", "a" * 500, "..", "abcd-EFG", "{}", "%0A", "abcdEFGH%0A"]


@pytest.fixture
def invite(cast):
    return Invite.objects.create(server=cast.server, code="abcdEFGH")


def test_who_has_the_code_sees_what_it_leads_to_and_no_more(api, cast, invite):
    Server.objects.update(icon_url="https://example.org/icon.png")
    elsewhere = Server.objects.create(name="B", owner=cast.alice)
    for user in (cast.alice, cast.mallory):
        Member.objects.create(server=elsewhere, user=user)
    for user in (cast.mallory, cast.charlie):
        answer = api(user).get("/invites/abcdEFGH")
        assert answer.status_code == 200
        assert answer.json() == {
            "code": "abcdEFGH",
            "server_name": "Gaming Squad",
            "server_icon_url": "https://example.org/icon.png",
            "member_count": 3,
            "expires_at": None,
        }


def test_it_takes_an_account(api, cast, invite):
    assert api().get("/invites/abcdEFGH").status_code == 401


@pytest.mark.parametrize("code", NOBODY_S)
def test_what_is_no_code_is_not_found(api, cast, invite, code):
    answer = api(cast.mallory).get(f"/invites/{code}")
    assert answer.status_code == 404
    assert isinstance(answer.json()["error"], str)


@pytest.mark.parametrize(
    "useless", [{"expires_at": "2020-01-01T00:00Z"}, {"max_uses": 2, "uses": 2}, {"code": "otherOne"}]
)
def test_what_lets_nobody_in_any_more_is_as_if_it_did_not_exist(api, cast, invite, useless):
    unknown = api(cast.mallory).get("/invites/unknown1")
    Invite.objects.update(**useless)
    answer = api(cast.mallory).get("/invites/abcdEFGH")
    assert (answer.status_code, answer.json()) == (404, unknown.json())


def test_neither_is_that_of_a_deleted_server(api, cast, invite):
    Server.objects.update(deleted_at="2026-01-01T00:00Z")
    assert api(cast.mallory).get("/invites/abcdEFGH").status_code == 404


def test_an_expiry_ahead_is_told(api, cast, invite):
    Invite.objects.update(expires_at="2999-01-01T00:00Z", max_uses=2, uses=1)
    assert api(cast.mallory).get("/invites/abcdEFGH").json()["expires_at"] == "2999-01-01T00:00:00Z"


@pytest.mark.parametrize("bucket", ["invite_neighbours", "invite_account"])
def test_after_too_many_misses_nothing_is_answered_not_even_what_is_right(api, cast, invite, settings, bucket):
    settings.RATE_LIMITS = {bucket: "3/minute"}
    mallory = api(cast.mallory)
    assert [mallory.get(f"/invites/guess{number}").status_code for number in range(3)] == [404] * 3
    for path, ask in (("guess9", mallory.get), ("abcdEFGH", mallory.get), ("abcdEFGH/accept", mallory.post)):
        answer = ask(f"/invites/{path}")
        assert answer.status_code == 429
        assert 1 <= int(answer.headers["Retry-After"]) <= 60
    elsewhere = api(cast.charlie).get("/invites/abcdEFGH").status_code
    assert elsewhere == (429 if bucket == "invite_neighbours" else 200)


def test_misses_of_all_ways_count_together_and_hits_do_not_count(api, cast, invite, settings):
    settings.RATE_LIMITS = {"invite_account": "2/minute"}
    mallory = api(cast.mallory)
    assert [mallory.get("/invites/abcdEFGH").status_code for _ in range(5)] == [200] * 5
    assert mallory.get("/invites/guess").status_code == 404
    assert mallory.get("/invites/abcdEFGH").status_code == 200
    assert mallory.post("/invites/guess/accept").status_code == 404
    assert mallory.get("/invites/abcdEFGH").status_code == 429


@pytest.mark.django_db
def test_a_preview_takes_one_query_beside_the_sign_in(api, django_assert_num_queries):
    cast = make_cast()
    Invite.objects.create(server=cast.server, code="abcdEFGH")
    mallory = api(cast.mallory)
    with django_assert_num_queries(2):
        mallory.get("/invites/abcdEFGH")


def test_who_guesses_does_not_shut_out_their_neighbours(api, cast, invite, settings, client):
    settings.RATE_LIMITS = {"invite_address": "2/minute", "invite_account": "2/minute", "invite_neighbours": "9/minute"}
    mallory = api(cast.mallory)
    assert [mallory.get("/invites/guess").status_code for _ in range(3)] == [404, 404, 429]
    assert api(cast.charlie).get("/invites/abcdEFGH").status_code == 200
    assert client.get("/invite/abcdEFGH").status_code == 200
    # And the other way round.
    assert [client.get("/invite/guess").status_code for _ in range(3)] == [404, 404, 429]
    assert api(cast.charlie).get("/invites/abcdEFGH").status_code == 200
