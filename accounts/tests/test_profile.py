"""GET and PATCH /users/@me, GET /users/{id}: what one shows of oneself, and what others see of it."""

import uuid

import pytest
from django.utils import timezone

from accounts.actions import update_profile
from accounts.models import User
from together.refusals import NotFound

SHOWN = {
    "avatar_url": "https://example.org/a.png",
    "bio": "I play.",
    "pronouns": "she/her",
    "status": "dnd",
    "custom_status": "busy",
    "activity": "chess",
}


def test_one_sees_all_of_oneself(api, cast):
    me = api(cast.alice).get("/users/@me")
    assert me.status_code == 200
    assert me.json()["email"] == "alice@example.org"
    assert me.json()["is_admin"] is True
    assert me.json()["created_at"].endswith("Z")


def test_everything_shown_can_be_changed_and_is_kept(api, cast, told):
    bob = api(cast.bob)
    answer = bob.patch("/users/@me", SHOWN)
    assert answer.status_code == 200
    assert answer.json() == {**answer.json(), **SHOWN}
    assert bob.get("/users/@me").json() == answer.json()
    [event] = told()
    assert (event.name, event.audiences) == ("USER_UPDATE", [f"user:{cast.bob.pk}"])


def test_what_stays_as_it_was_is_not_told(api, cast, told):
    bob = api(cast.bob)
    bob.patch("/users/@me", SHOWN)
    assert [event.name for event in told()] == ["USER_UPDATE"]
    bob.patch("/users/@me", SHOWN)
    assert told() == []


def test_what_is_left_out_stays(api, cast):
    bob = api(cast.bob)
    bob.patch("/users/@me", SHOWN)
    assert bob.patch("/users/@me", {"bio": ""}).json() == {**bob.get("/users/@me").json(), **SHOWN, "bio": ""}
    assert bob.patch("/users/@me", {}).status_code == 200


def test_null_clears_all_but_the_status(api, cast):
    bob = api(cast.bob)
    bob.patch("/users/@me", SHOWN)
    cleared = bob.patch("/users/@me", dict.fromkeys(SHOWN)).json()
    assert {name: cleared[name] for name in SHOWN} == {**dict.fromkeys(SHOWN), "status": "dnd"}


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("avatar_url", "HTTPS://example.org/a.png"),
        ("bio", "b" * 500),
        ("pronouns", "p" * 40),
        ("custom_status", "🙂" * 128),
        ("activity", "a" * 128),
        ("status", "offline"),
        ("status", "away"),
    ],
)
def test_values_up_to_their_limits_are_good(api, cast, field, value):
    answer = api(cast.bob).patch("/users/@me", {field: value})
    assert (answer.status_code, answer.json()[field]) == (200, value)


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("avatar_url", ""),
        ("avatar_url", "javascript:alert(1)"),
        ("avatar_url", "data:image/png;base64,AA"),
        ("avatar_url", "ftp://example.org/a"),
        ("avatar_url", "nonsense"),
        ("avatar_url", "https://"),
        ("avatar_url", "https://[::1"),
        ("avatar_url", "https://example.org:99999/"),
        ("avatar_url", "https://example.org/\" onerror='x"),
        ("avatar_url", "https://example.org/" + "a" * 2000),
        ("bio", "b" * 501),
        ("bio", "a\x00b"),
        ("pronouns", "p" * 41),
        ("custom_status", "🙂" * 129),
        ("activity", "a" * 129),
        ("status", "busy"),
        ("status", ""),
    ],
)
def test_values_that_break_a_rule_are_400(api, cast, field, value):
    answer = api(cast.bob).patch("/users/@me", {field: value})
    assert (answer.status_code, set(answer.json()["fields"])) == (400, {field})
    assert answer.json()["error"].startswith(f"{field}: ")


@pytest.mark.parametrize(("field", "value"), [("bio", 5), ("bio", ["x"]), ("status", True), ("avatar_url", {})])
def test_values_of_the_wrong_type_are_422(api, cast, field, value):
    answer = api(cast.bob).patch("/users/@me", {field: value})
    assert (answer.status_code, set(answer.json()["fields"])) == (422, {field})


def test_nothing_else_of_oneself_can_be_changed(api, cast):
    keys = {"username": "root", "email": "x@y.z", "is_admin": True, "id": str(uuid.uuid4()), "password": "12345678"}
    bob = api(cast.bob)
    before = bob.get("/users/@me").json()
    assert bob.patch("/users/@me", keys).json() == before
    assert User.objects.get(pk=cast.bob.pk).check_password("correct horse battery")


def test_anyone_signed_in_sees_the_profile_of_anyone_but_nothing_private(api, cast):
    answer = api(cast.mallory).get(f"/users/{cast.alice.pk}")
    assert answer.status_code == 200
    assert set(answer.json()) == {
        "id", "username", "avatar_url", "status", "custom_status", "activity", "bio", "pronouns", "created_at",
    }  # fmt: skip


def test_ids_are_understood_in_any_textual_form(api, cast):
    for form in (str(cast.bob.pk).upper(), cast.bob.pk.hex, f"{{{cast.bob.pk}}}", cast.bob.pk.urn):
        assert api(cast.alice).get(f"/users/{form}").json()["id"] == str(cast.bob.pk)


def test_unknown_and_disabled_people_are_404_alike(api, cast):
    User.objects.filter(pk=cast.bob.pk).update(disabled_at=timezone.now())
    answers = [api(cast.alice).get(f"/users/{id}") for id in (cast.bob.pk, uuid.uuid4())]
    assert [answer.status_code for answer in answers] == [404, 404]
    assert answers[0].json() == answers[1].json()


def test_something_that_is_no_id_is_400(api, cast):
    assert api(cast.alice).get("/users/me").status_code == 400


def test_profiles_are_for_people_who_are_signed_in(api, cast):
    assert api().get("/users/@me").status_code == 401
    assert api().patch("/users/@me", SHOWN).status_code == 401
    assert api().get(f"/users/{cast.bob.pk}").status_code == 401


def test_a_profile_that_is_deleted_meanwhile_is_not_found(cast):
    User.objects.filter(pk=cast.charlie.pk).delete()
    with pytest.raises(NotFound):
        update_profile(actor=cast.charlie, bio="too late")
