"""What counts as a credential: a live access token of ours, as a Bearer, and nothing else."""

import uuid
from datetime import timedelta

import jwt
import pytest
from django.conf import settings
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from accounts import tokens
from accounts.access import session_of_cookie, session_of_page
from accounts.actions import disable, enable, sign_in
from accounts.models import Session, User
from accounts.tokens import access_token
from together.refusals import Forbidden, Refusal

KEY = settings.SIMPLE_JWT["SIGNING_KEY"]


@pytest.fixture
def session(cast):
    return sign_in(user=cast.bob)[0]


@pytest.fixture
def claims(cast, session):
    """What is in a good token."""
    return jwt.decode(access_token(cast.bob, session), KEY, ["HS256"], audience="together-api")


def status(api, token):
    return api(token=token).get("/users/@me").status_code


def test_a_token_signed_with_our_key_and_claims_is_good(api, claims):
    assert status(api, jwt.encode(claims, KEY)) == 200


def test_a_token_names_the_person_and_the_sign_in_and_lasts_15_minutes(claims, cast, session):
    assert (claims["sub"], claims["username"], claims["sid"]) == (str(cast.bob.pk), "bob", str(session.pk))
    assert claims["token_type"] == "access"
    assert claims["exp"] - claims["iat"] == 900


@pytest.mark.parametrize(
    "changes",
    [
        {"iss": "elsewhere"},
        {"aud": "elsewhere"},
        {"token_type": "refresh"},
        {"token_type": None},
        {"exp": 1},
        {"exp": "soon"},
        {"sid": None},
        {"sid": 7},
        {"sid": "nonsense"},
        {"sid": str(uuid.uuid4())},
        {"sub": 7},
    ],
)
def test_a_token_with_other_claims_is_refused(api, claims, changes):
    assert status(api, jwt.encode({**claims, **changes}, KEY)) == 401


@pytest.mark.parametrize("missing", ["iss", "aud", "token_type", "exp", "sid"])
def test_a_token_that_lacks_a_claim_is_refused(api, claims, missing):
    del claims[missing]
    assert status(api, jwt.encode(claims, KEY)) == 401


def test_a_token_that_somebody_else_signed_is_refused(api, claims):
    assert status(api, jwt.encode(claims, "another key of at least 32 bytes!")) == 401
    assert status(api, jwt.encode(claims, settings.SECRET_KEY)) == 401
    assert status(api, jwt.encode(claims, None, algorithm="none")) == 401
    assert status(api, jwt.encode(claims, KEY, algorithm="HS512")) == 401


def test_an_expired_token_is_good_for_a_minute_of_leeway_only(api, claims):
    now = int(timezone.now().timestamp())
    assert status(api, jwt.encode({**claims, "exp": now - 50}, KEY)) == 200
    assert status(api, jwt.encode({**claims, "exp": now - 70}, KEY)) == 401


def test_a_token_that_was_good_before_expires_all_the_same(api, claims, monkeypatch):
    token = jwt.encode(claims, KEY)
    assert [status(api, token) for _time in range(2)] == [200, 200]
    later = claims["exp"] + 61
    monkeypatch.setattr(tokens.time, "time", lambda: later)
    assert status(api, token) == 401


@pytest.mark.parametrize(
    "form",
    ["bearer {}", "BEARER {}", "Bearer  {}", "Bearer\t{}", "Bearer", "Bearer ", "{}", "Token {}", "Bot {}",
     "Bearer {} x", " ", "Bearer é", "Basic YWxpY2U6cGFzc3dvcmQ="],
)  # fmt: skip
def test_any_other_form_of_the_header_is_refused(api, cast, session, form):
    person = api(cast.bob, session=session)
    assert person.get("/users/@me").status_code == 200
    person.headers = {"Authorization": form.format(access_token(cast.bob, session))}
    answer = person.get("/users/@me")
    assert answer.status_code == 401
    assert answer.headers["WWW-Authenticate"] == "Bearer"
    assert isinstance(answer.json()["error"], str)


def test_no_header_at_all_is_refused(api, db):
    assert api().get("/users/@me").status_code == 401


def test_a_token_in_the_address_or_a_cookie_is_no_credential(api, cast, session):
    token = access_token(cast.bob, session)
    person = api()
    person.client.cookies["sessionid"] = person.client.cookies["token"] = token
    assert person.get("/users/@me", {"token": token}).status_code == 401


def test_a_signed_in_page_is_no_credential_for_the_api(api, cast, session):
    person = api()
    cookie = person.client.session
    cookie["session_id"] = str(session.pk)
    cookie.save()
    person.client.cookies[settings.SESSION_COOKIE_NAME] = cookie.session_key
    request = person.client.get("/api/health").wsgi_request
    assert session_of_page(request) == session_of_cookie(cookie.session_key) == session
    assert session_of_cookie("nonsense") is None
    assert person.get("/users/@me").status_code == 401


@pytest.mark.parametrize("content", [None, 7, "nonsense"])
def test_a_page_cookie_with_nonsense_names_nobody(rf, db, content):
    request = rf.get("/")
    request.session = {"session_id": content} if content else {}
    assert session_of_page(request) is None


def test_an_expired_sign_in_ends_its_access_token(api, cast, session):
    Session.objects.filter(pk=session.pk).update(expires_at=timezone.now() - timedelta(seconds=1))
    assert api(cast.bob, session=session).get("/users/@me").status_code == 401


def test_the_row_of_the_person_counts_however_it_came_to_be_disabled(api, cast, session):
    person = api(cast.bob, session=session)
    assert person.get("/users/@me").status_code == 200
    User.objects.filter(pk=cast.bob.pk).update(disabled_at=timezone.now())
    assert person.get("/users/@me").status_code == 401


def test_disabling_stops_every_token_at_once_and_closes_exactly_those_sockets(api, cast, session, told):
    other, refresh = sign_in(user=cast.bob)
    bystander = api(cast.charlie)
    told()

    disable(actor=cast.alice, user=cast.bob)

    for each in (session, other):
        assert api(cast.bob, session=each).get("/users/@me").status_code == 401
    assert api().post("/auth/refresh", {"refresh_token": refresh}).status_code == 401
    assert bystander.get("/users/@me").status_code == 200
    [ended] = told()
    assert ended.name == "@sessions_ended"
    assert set(ended.audiences) == {f"session:{session.pk}", f"session:{other.pk}"}


def test_an_enabled_account_signs_in_anew_its_old_tokens_stay_dead(api, cast, session):
    disable(actor=cast.alice, user=cast.bob)
    enable(actor=cast.alice, user=cast.bob)
    assert api(cast.bob, session=session).get("/users/@me").status_code == 401
    assert api(cast.bob).get("/users/@me").status_code == 200


def test_only_administrators_disable_and_enable_and_never_themselves(cast):
    for actor, user, refusal in ((cast.bob, cast.charlie, Forbidden), (cast.alice, cast.alice, Refusal)):
        with pytest.raises(refusal):
            disable(actor=actor, user=user)
    with pytest.raises(Forbidden):
        enable(actor=cast.bob, user=cast.charlie)
    assert not User.objects.exclude(disabled_at=None).exists()


def test_one_query_finds_the_person_and_that_the_sign_in_lives(api, cast, session):
    person = api(cast.bob, session=session)
    with CaptureQueriesContext(connection) as queries:
        person.get("/users/@me")
    assert len(queries) == 1
