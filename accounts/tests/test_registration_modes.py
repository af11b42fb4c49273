"""Who may register: everybody, those with an invite, or nobody. By API and by page."""

import pytest
from django.dispatch import Signal

from accounts.actions import registration
from accounts.instance import current_settings, registration_mode, update_settings
from accounts.models import InstanceSettings, RegistrationMode, User
from guilds.models import Invite, Member, Server
from together.audit.entry import AuditEntry
from together.refusals import Forbidden, Invalid
from together.testing.cast import PASSWORD, make_cast
from together.testing.pages import browse, text_of
from together.testing.threads import at_once

NEW = {"username": "dora", "password": PASSWORD}
M = RegistrationMode


def choose(mode):
    InstanceSettings.objects.update_or_create(pk=1, defaults={"registration_mode": mode})


@pytest.fixture
def invite(cast):
    choose(M.INVITE_ONLY)
    return Invite.objects.create(server=cast.server, code="abcdEFGH", max_uses=5)


def uses():
    return Invite.objects.get().uses


@pytest.mark.parametrize("mode", M)
def test_everybody_may_know_the_mode(api, db, mode):
    assert api().get("/instance/registration-mode").json() == {"registration_mode": "open"}
    choose(mode)
    assert api().get("/instance/registration-mode").json() == {"registration_mode": mode}


def test_only_administrators_choose_it_and_it_is_written_down(cast):
    with pytest.raises(Forbidden):
        update_settings(actor=cast.bob, registration_mode=M.CLOSED)
    assert registration_mode() == M.OPEN

    settings = update_settings(actor=cast.alice, registration_mode=M.CLOSED)

    assert registration_mode() == M.CLOSED
    assert (settings.registration_mode, settings.updated_by) == ("closed", cast.alice)
    entry = AuditEntry.objects.get()
    assert (entry.action, entry.actor, entry.server) == ("settings_update", cast.alice, None)
    assert (entry.before, entry.after) == ({"registration_mode": "open"}, {"registration_mode": "closed"})


@pytest.mark.parametrize("unchanged", [None, "open"])
def test_what_does_not_change_is_not_written_down(cast, unchanged):
    before = current_settings()
    assert update_settings(actor=cast.alice, registration_mode=unchanged).updated_at == before.updated_at
    assert not AuditEntry.objects.exists()


def test_while_it_is_closed_nobody_registers(api, cast):
    choose(M.CLOSED)
    answer = api().post("/auth/register", NEW)
    assert answer.status_code == 403
    assert "closed" in answer.json()["error"]
    assert not User.objects.filter(username="dora").exists()
    choose(M.OPEN)
    assert api().post("/auth/register", NEW).status_code == 201


def test_an_invite_does_not_open_what_is_closed(api, cast, invite):
    choose(M.CLOSED)
    assert api().post("/auth/register", {**NEW, "invite_code": "abcdEFGH"}).status_code == 403
    assert uses() == 0


@pytest.mark.parametrize("mode", [M.CLOSED, M.INVITE_ONLY])
def test_the_first_account_ever_is_always_let_in_and_the_second_is_not(api, db, mode):
    choose(mode)
    assert api().post("/auth/register", NEW).json()["user"]["is_admin"] is True
    assert api().post("/auth/register", {**NEW, "username": "eva"}).status_code in (400, 403)
    assert User.objects.count() == 1


def test_who_has_an_invite_registers_and_is_in_its_server(api, cast, invite, told):
    answer = api().post("/auth/register", {**NEW, "invite_code": "  abcdEFGH\n"})

    assert answer.status_code == 201
    dora = User.objects.get(username="dora")
    [server] = api(token=answer.json()["access_token"]).get("/servers").json()
    assert (server["id"], server["member_count"]) == (str(cast.server.pk), 4)
    assert uses() == 1
    assert [(event.name, event.audiences) for event in told()] == [
        ("@access_changed", [f"user:{dora.pk}"]),
        ("MEMBER_JOIN", [f"server:{cast.server.pk}"]),
    ]


@pytest.mark.parametrize("code", [{}, {"invite_code": None}, {"invite_code": ""}, {"invite_code": "  "}])
def test_without_a_code_nobody_registers(api, cast, invite, code):
    answer = api().post("/auth/register", {**NEW, **code})
    assert (answer.status_code, set(answer.json()["fields"])) == (400, {"invite_code"})
    assert not User.objects.filter(username="dora").exists()


@pytest.mark.parametrize("code", ["unknown1", "ABCDEFGH", "a" * 5000, "é", "abcd EFGH", "../abcdEFGH", "'--"])
def test_with_a_wrong_code_nothing_is_stored_and_nothing_spent(api, cast, invite, told, code):
    answer = api().post("/auth/register", {**NEW, "invite_code": code})
    assert (answer.status_code, set(answer.json()["fields"])) == (400, {"invite_code"})
    assert not User.objects.filter(username="dora").exists()
    assert (uses(), told()) == (0, [])


@pytest.mark.parametrize(
    ("useless", "word"),
    [({"expires_at": "2020-01-01T00:00Z"}, "expired"), ({"uses": 5}, "used up")],
)
def test_a_code_that_is_over_lets_nobody_in(api, cast, invite, useless, word):
    Invite.objects.update(**useless)
    answer = api().post("/auth/register", {**NEW, "invite_code": "abcdEFGH"})
    assert answer.status_code == 400
    assert word in answer.json()["error"]
    assert not User.objects.filter(username="dora").exists()


@pytest.mark.parametrize("state", [{"joins_locked": True}, {"deleted_at": "2026-01-01T00:00Z"}])
def test_neither_does_one_of_a_server_that_takes_nobody(api, cast, invite, state):
    Server.objects.update(**state)
    assert api().post("/auth/register", {**NEW, "invite_code": "abcdEFGH"}).status_code == 400
    assert (uses(), User.objects.filter(username="dora").exists()) == (0, False)


@pytest.mark.parametrize(
    ("wrong", "status"), [({"username": "ALICE"}, 409), ({"password": "password123"}, 400), ({"username": "x"}, 400)]
)
def test_a_registration_that_fails_for_another_reason_spends_nothing(api, cast, invite, wrong, status):
    assert api().post("/auth/register", {**NEW, **wrong, "invite_code": "abcdEFGH"}).status_code == status
    assert uses() == 0


def test_where_everybody_may_come_a_code_is_not_looked_at(api, cast, invite):
    choose(M.OPEN)
    assert api().post("/auth/register", {**NEW, "invite_code": "abcdEFGH"}).status_code == 201
    assert uses() == 0
    assert not Member.objects.filter(user__username="dora").exists()


def test_guessing_codes_by_registering_is_slowed_as_anywhere_else(api, cast, invite, settings):
    settings.RATE_LIMITS = {"invite_address": "2/minute"}
    statuses = [api().post("/auth/register", {**NEW, "invite_code": f"guess{n}"}).status_code for n in range(3)]
    assert statuses == [400, 400, 429]
    assert api().post("/auth/register", {**NEW, "invite_code": "abcdEFGH"}).status_code == 429
    # Who has an account at the same address is not shut out by it.
    assert api(cast.mallory).get("/invites/abcdEFGH").status_code == 200
    settings.RATE_LIMITS = {}
    assert api().post("/auth/register", {**NEW, "invite_code": "abcdEFGH"}).status_code == 201


@pytest.mark.django_db(transaction=True)
def test_of_many_who_register_at_once_with_the_last_use_one_does(api):
    cast = make_cast()
    choose(M.INVITE_ONLY)
    Invite.objects.create(server=cast.server, code="abcdEFGH", max_uses=1)

    def enrol(number):
        return (
            api().post("/auth/register", {**NEW, "username": f"guest{number}", "invite_code": "abcdEFGH"}).status_code
        )

    assert sorted(at_once(6, enrol)) == [201] + [400] * 5
    assert User.objects.filter(username__startswith="guest").count() == 1
    assert uses() == 1


# -- by page -----------------------------------------------------------------------------------------------


def test_the_page_asks_for_a_code_only_where_one_is_needed(cast, invite):
    page = text_of(browse().get("/register?invite=abcdEFGH"))
    assert 'name="invite_code"' in page
    assert 'value="abcdEFGH"' in page
    assert 'value="abcdEFGH"' in text_of(browse().get("/register?next=/invite/abcdEFGH"))
    choose(M.OPEN)
    assert 'name="invite_code"' not in text_of(browse().get("/register?invite=abcdEFGH"))


@pytest.mark.parametrize("typed", ["abcdEFGH", " abcdEFGH ", "https://chat.example.org/invite/abcdEFGH"])
def test_who_signs_up_with_a_code_or_its_link_lands_in_the_server(cast, invite, typed):
    client = browse()
    answer = client.post("/register", {**NEW, "invite_code": typed, "next": "/invite/abcdEFGH"})
    assert (answer.status_code, answer["Location"]) == (302, "/")
    assert client.get("/")["Location"] == f"/channels/{cast.server.pk}"
    assert uses() == 1


def test_a_wrong_code_is_told_beside_its_field_and_nothing_typed_is_lost(cast, invite):
    answer = browse().post("/register", {**NEW, "invite_code": "unknown1", "next": "/invite/abcdEFGH"})
    assert answer.status_code == 400
    assert 'id="id_invite_code_error"' in text_of(answer)
    assert 'value="dora"' in text_of(answer)
    assert 'name="next" value="/invite/abcdEFGH"' in text_of(answer)
    assert not User.objects.filter(username="dora").exists()


def test_the_page_says_that_registration_is_closed(cast):
    choose(M.CLOSED)
    page = text_of(browse().get("/register?next=/invite/abcdEFGH"))
    assert "closed" in page
    assert 'name="password"' not in page
    assert "/login?next=/invite/abcdEFGH" in page
    answer = browse().post("/register", NEW)
    assert answer.status_code == 403
    assert not User.objects.filter(username="dora").exists()


def test_the_page_lets_the_first_one_in_whatever_the_mode(db):
    choose(M.CLOSED)
    assert 'name="password"' in text_of(browse().get("/register"))
    assert browse().post("/register", NEW).status_code == 302
    assert User.objects.get().is_admin


def test_a_code_that_nobody_honours_lets_nobody_in(cast, monkeypatch):
    update_settings(actor=cast.alice, registration_mode=RegistrationMode.INVITE_ONLY)
    monkeypatch.setattr(registration, "invited", Signal())
    with pytest.raises(Invalid):
        registration.register(username="dora", password="a long enough one", invite_code="abcdEFGH")
    assert not User.objects.filter(username="dora").exists()
