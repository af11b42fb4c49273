"""POST /auth/register: a new person, signed in."""

import pytest

from accounts.models import User
from together.testing.threads import at_once

NEW = {"username": "dora", "password": "a long enough one", "email": "dora@example.org"}


def test_registering_signs_in_with_the_documented_shape(api):
    answer = api().post("/auth/register", NEW)

    assert answer.status_code == 201
    assert set(answer.json()) == {"access_token", "refresh_token", "user"}
    user = answer.json()["user"]
    assert (user["username"], user["email"]) == ("dora", "dora@example.org")
    assert set(user) == {
        "id", "username", "email", "avatar_url", "bio", "pronouns", "status", "custom_status", "activity",
        "created_at", "is_admin",
    }  # fmt: skip
    assert api(token=answer.json()["access_token"]).get("/users/@me").json() == user


def test_a_new_person_is_in_no_server(api):
    token = api().post("/auth/register", NEW).json()["access_token"]
    assert api(token=token).get("/servers").json() == []


@pytest.mark.parametrize("username", ["ab", "a" * 32, "Under_Score9"])
def test_usernames_of_two_to_thirty_two_plain_characters_are_good(api, username):
    assert api().post("/auth/register", {**NEW, "username": username}).status_code == 201


@pytest.mark.parametrize(
    "username", ["", "a", "a" * 33, "user name", "user<script>", "hello@world", "dora\n", "dörte", "dora\x00", "名前"]
)
def test_other_usernames_are_refused(api, username):
    answer = api().post("/auth/register", {**NEW, "username": username})
    assert answer.status_code == 400
    assert answer.json()["error"].startswith("username: ")
    assert set(answer.json()["fields"]) == {"username"}


@pytest.mark.parametrize("password", ["8 chars!", "ünï " + "x7" * 62])
def test_passwords_of_8_to_128_characters_are_good(api, password):
    assert api().post("/auth/register", {**NEW, "password": password}).status_code == 201


@pytest.mark.parametrize("password", ["7 chars", "x7" * 65, "iloveyou", "dora@example"])
def test_short_long_common_and_similar_passwords_are_refused_and_not_repeated(api, password):
    answer = api().post("/auth/register", {**NEW, "password": password})
    assert answer.status_code == 400
    assert set(answer.json()["fields"]) == {"password"}
    assert password not in answer.json()["error"]


@pytest.mark.parametrize("email", ["a@localhost", "a.b+c@sub.example.org"])
def test_addresses_as_browsers_take_them_are_good(api, email):
    answer = api().post("/auth/register", {**NEW, "email": email})
    assert answer.json()["user"]["email"] == email


@pytest.mark.parametrize("email", ["", "nobody", "a@", "@b", "a b@c", "a@b c", "a@b..c", "a@-b.c", "a" * 65 + "@b.c"])
def test_other_addresses_are_refused(api, email):
    answer = api().post("/auth/register", {**NEW, "email": email})
    assert (answer.status_code, set(answer.json()["fields"])) == (400, {"email"})


@pytest.mark.parametrize("left_out", [{}, {"email": None}])
def test_an_address_is_not_needed(api, left_out):
    body = {"username": "dora", "password": NEW["password"], **left_out}
    assert api().post("/auth/register", body).json()["user"]["email"] is None


@pytest.mark.parametrize(
    "body",
    [
        {},
        {"username": "dora"},
        {**NEW, "password": None},
        {**NEW, "username": 5},
        {**NEW, "username": ["dora"]},
        {**NEW, "email": True},
        [],
        '"text"',
        "7",
        "null",
    ],
)
def test_a_body_of_the_wrong_shape_is_422(api, body):
    answer = api().post("/auth/register", body)
    assert answer.status_code == 422
    assert isinstance(answer.json()["error"], str)


@pytest.mark.parametrize("taken", [{"username": "ALICE"}, {"email": "ALICE@example.org"}])
def test_a_name_or_an_address_that_somebody_has_in_any_letters_is_taken(api, cast, taken):
    answer = api().post("/auth/register", {**NEW, **taken})
    assert answer.status_code == 409
    assert next(iter(taken)).replace("email", "e-mail") in answer.json()["error"]


def test_nobody_makes_themself_anything_by_extra_keys(api, cast):
    answer = api().post("/auth/register", {**NEW, "is_admin": True, "is_bot": True, "id": str(cast.alice.pk)})
    assert answer.status_code == 201
    assert answer.json()["user"]["is_admin"] is False
    dora = User.objects.get(username="dora")
    assert not dora.is_bot
    assert dora.pk != cast.alice.pk


def test_an_invite_code_is_ignored_where_none_is_needed(api):
    assert api().post("/auth/register", {**NEW, "invite_code": "whatever it is"}).status_code == 201


def test_stale_credentials_sent_along_do_not_matter(api):
    assert api(token="stale").post("/auth/register", NEW).status_code == 201


def test_the_password_is_kept_only_as_a_hash(api):
    api().post("/auth/register", NEW)
    assert NEW["password"] not in User.objects.get(username="dora").password


@pytest.mark.django_db(transaction=True)
def test_of_simultaneous_registrations_of_one_name_one_wins(api):
    spellings = ["Dora", "dora", "DORA", "dORA"]
    answers = at_once(8, lambda n: api().post("/auth/register", {**NEW, "username": spellings[n % 4], "email": None}))

    assert sorted(answer.status_code for answer in answers) == [201] + [409] * 7
    assert User.objects.count() == 1
