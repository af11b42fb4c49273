"""Where the link of an invite leads, for those outside, signed out and in; and finding servers by page."""

import pytest

from accounts.models import InstanceSettings, User
from guilds.models import Ban, Invite, Member, Server
from together.testing.cast import PASSWORD, Cast
from together.testing.pages import browse, text_of, token_of

HERE = "/invite/abcdEFGH"


@pytest.fixture
def invite(cast: Cast) -> Invite:
    return Invite.objects.create(server=cast.server, code="abcdEFGH", max_uses=5)


def test_somebody_signed_out_sees_what_it_is_and_ways_in_that_lead_back(cast: Cast, invite: Invite) -> None:
    answer = browse().get(HERE)
    page = text_of(answer)
    assert answer.status_code == 200
    assert "Gaming Squad" in page
    assert "3 members" in page
    assert 'href="/register?next=/invite/abcdEFGH&amp;invite=abcdEFGH"' in page
    assert 'href="/login?next=/invite/abcdEFGH"' in page
    assert "Join" not in page
    assert answer["Referrer-Policy"] == "same-origin"


@pytest.mark.parametrize("signed_in", [False, True])
def test_nothing_is_told_but_name_and_count(cast: Cast, invite: Invite, signed_in: bool) -> None:
    page = text_of(browse(cast.mallory if signed_in else None).get(HERE))
    hidden = [cast.server.pk, cast.general.pk, cast.alice.pk, "alice", "bob", "charlie", "general", "secret"]
    assert not [word for word in hidden if str(word) in page]
    member = text_of(browse(cast.charlie).get(HERE))
    assert str(cast.server.pk) in member


def test_somebody_signed_in_joins_with_one_click(cast: Cast, invite: Invite) -> None:
    client = browse(cast.mallory, enforce_csrf_checks=True)
    assert "Join" in text_of(client.get(HERE))
    assert client.post(HERE).status_code == 403
    answer = client.post(HERE, {"csrfmiddlewaretoken": token_of(client, HERE)})
    assert (answer.status_code, answer["Location"]) == (302, f"/channels/{cast.server.pk}")
    assert Member.objects.filter(server=cast.server, user=cast.mallory).exists()
    assert Invite.objects.get().uses == 1


def test_a_member_is_led_to_the_server_and_spends_nothing(cast: Cast, invite: Invite) -> None:
    client = browse(cast.charlie)
    page = text_of(client.get(HERE))
    assert f'href="/channels/{cast.server.pk}"' in page
    assert "<button>Join" not in page
    assert client.post(HERE)["Location"] == HERE
    assert Invite.objects.get().uses == 0


def test_looking_changes_nothing(cast: Cast, invite: Invite) -> None:
    browse(cast.mallory).get(HERE)
    assert Invite.objects.get().uses == 0
    assert not Member.objects.filter(user=cast.mallory).exists()


def test_who_is_signed_out_signs_in_before_joining(cast: Cast, invite: Invite) -> None:
    client = browse()
    assert client.post(HERE)["Location"] == f"/login?next={HERE}"
    answer = client.post("/login", {"username": "mallory", "password": PASSWORD, "next": HERE})
    assert answer["Location"] == HERE
    assert Invite.objects.get().uses == 0


def test_who_makes_an_account_from_the_link_comes_back_and_joins(cast: Cast, invite: Invite) -> None:
    client = browse()
    answer = client.post("/register", {"username": "dora", "password": PASSWORD, "next": HERE})
    assert answer["Location"] == HERE
    assert "Join" in text_of(client.get(HERE))
    assert client.post(HERE)["Location"] == f"/channels/{cast.server.pk}"
    assert Member.objects.filter(user=User.objects.get(username="dora"), server=cast.server).exists()


def test_while_registration_is_closed_only_signing_in_is_offered(cast: Cast, invite: Invite) -> None:
    InstanceSettings.objects.create(registration_mode="closed")
    page = text_of(browse().get(HERE))
    assert "/login?next=" in page
    assert "/register" not in page
    assert "no new accounts" in page


@pytest.mark.parametrize("code", ["unknown1", "ABCDEFGH", "%00", "é", "a" * 400, "%0A", "a.b", "%3Cb%3E"])
@pytest.mark.parametrize("signed_in", [False, True])
def test_what_is_no_code_gets_a_friendly_page(cast: Cast, invite: Invite, code: str, signed_in: bool) -> None:
    client = browse(cast.mallory if signed_in else None)
    answer = client.get(f"/invite/{code}")
    assert answer.status_code == 404
    assert "This invite does not let you in" in text_of(answer)
    assert "Gaming Squad" not in text_of(answer)


@pytest.mark.parametrize("useless", [{"expires_at": "2020-01-01T00:00Z"}, {"uses": 5}])
def test_one_that_is_over_tells_nothing_and_lets_nobody_in(
    cast: Cast, invite: Invite, useless: dict[str, object]
) -> None:
    Invite.objects.update(**useless)
    client = browse(cast.mallory)
    assert client.get(HERE).status_code == 404
    assert "Gaming Squad" not in text_of(client.get(HERE))
    assert client.post(HERE).status_code == 400
    assert not Member.objects.filter(user=cast.mallory).exists()


def test_the_banned_are_told_so(cast: Cast, invite: Invite) -> None:
    Ban.objects.create(server=cast.server, user=cast.mallory)
    answer = browse(cast.mallory).post(HERE)
    assert answer.status_code == 403
    assert "You are banned from this server." in text_of(answer)
    assert "Ask whoever gave it to you" not in text_of(answer)


def test_guessing_is_slowed_for_those_signed_out_too(cast: Cast, invite: Invite, settings: object) -> None:
    settings.RATE_LIMITS = {"invite_address": "2/minute"}  # type: ignore[attr-defined]
    client = browse()
    assert [client.get(HERE).status_code for _ in range(3)] == [200] * 3
    assert [client.get(f"/invite/guess{number}").status_code for number in range(3)] == [404, 404, 429]
    answer = client.get(HERE)
    assert answer.status_code == 429
    assert int(answer["Retry-After"]) >= 1
    assert "Gaming Squad" not in text_of(answer)


# -- finding servers ---------------------------------------------------------------------------------------


def test_public_servers_are_found_by_a_part_of_their_name(cast: Cast) -> None:
    for name in ("Chess Club", "100% Cats", "Private Chess"):
        Server.objects.create(name=name, owner=cast.alice, is_public=not name.startswith("Private"))
    client = browse(cast.mallory)
    every = text_of(client.get("/servers"))
    assert "Chess Club" in every
    assert "100% Cats" in every
    assert "Private Chess" not in every
    found = text_of(client.get("/servers?q=cHESS"))
    assert "Chess Club" in found
    assert "100% Cats" not in found
    assert 'value="cHESS"' in found
    assert "100% Cats" in text_of(client.get("/servers?q=0%25"))
    assert "Chess Club" not in text_of(client.get("/servers?q=_"))


@pytest.mark.parametrize("q", ["%00", "%ED%A0%80", "%E2%80%AE", "a" * 5000, "%0A", "%FF"])
def test_whatever_is_searched_the_page_is_there(cast: Cast, q: str) -> None:
    assert browse(cast.mallory).get(f"/servers?q={q}").status_code == 200


def test_what_was_searched_is_shown_as_text(cast: Cast) -> None:
    page = text_of(browse(cast.mallory).get("/servers", {"q": '"><script>alert(1)</script>'}))
    assert "<script>alert" not in page
    assert "No other public server" in page


def test_a_server_that_takes_an_invite_is_shown_without_a_button(cast: Cast) -> None:
    Server.objects.update(is_public=True, require_invite=True)
    client = browse(cast.mallory)
    page = text_of(client.get("/servers"))
    assert "Gaming Squad" in page
    assert "By invite" in page
    assert f"/servers/{cast.server.pk}/join" not in page
    Server.objects.update(require_invite=False)
    assert f"/servers/{cast.server.pk}/join" in text_of(client.get("/servers"))


@pytest.mark.parametrize("state", ["banned", "locked", "invite"])
def test_a_refused_join_is_told_on_the_same_page(cast: Cast, state: str) -> None:
    Server.objects.update(is_public=True, joins_locked=state == "locked", require_invite=state == "invite")
    if state == "banned":
        Ban.objects.create(server=cast.server, user=cast.mallory)
    answer = browse(cast.mallory).post(f"/servers/{cast.server.pk}/join", follow=True)
    assert answer.redirect_chain == [("/servers", 302)]
    assert state in text_of(answer)
    assert not Member.objects.filter(user=cast.mallory).exists()
